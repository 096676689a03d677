import { counted } from '../common/counted.ts';
import { MdfeError } from '../common/errors.ts';
import { readCsvColumns } from '../data/datasets/csv.ts';
import { samplePath } from '../data/datasets/sample-path.ts';
import type { RetrievalSet } from './retrieval-set.ts';

/**
 * Reads a retrieval set from a CSV with the columns img_path (relative to the data root), label, role (query or index)
 * and, if wanted, domain. Labels are compared as text, over all domains.
 *
 * @param root data root, absolute
 * @throws MdfeError naming file and line for a role that is none, a path outside the root, an image in both roles
 */
export async function readRetrievalCsv(file: string, root: string): Promise<RetrievalSet> {
  const rows = new Rows(file);
  await readCsvColumns(
    file,
    ['img_path', 'label', 'role', 'domain'],
    ([image, label, role, domain], line) => rows.add(image!, label!, role!, domain!, line),
    { optional: ['domain'] },
  );
  return rows.finish(root);
}

/** What an image was seen as: its role, and the classes it was listed under. */
interface Seen {
  readonly role: number;
  readonly labels: number[];
}

class Rows {
  private readonly file: string;
  private readonly images: string[] = [];
  private readonly labels: number[] = [];
  private readonly roles: number[] = [];
  private readonly domainOf: number[] = [];
  private readonly classes = new Map<string, number>();
  private readonly domains = new Map<string, number>();
  private readonly seen = new Map<string, Seen>();
  private empty = 0;
  private repeated = 0;

  constructor(file: string) {
    this.file = file;
  }

  add(image: string, label: string, role: string, domain: string, line: number): void {
    const where = () => `${this.file}:${line}`;
    if (image.trim() === '' || label.trim() === '') {
      this.empty++;
      return;
    }
    const path = copy(samplePath('', image, where));
    const number = numberOf(this.classes, label.trim());
    const isQuery = readRole(role, where);
    const before = this.seen.get(path);
    if (before && before.role !== isQuery)
      throw new MdfeError({
        code: 'eval/both-roles',
        what: `${path} is query and index image at once: it would find itself`,
        where: where(),
        todo: 'leave one of the two lines out',
      });
    if (before?.labels.includes(number)) {
      this.repeated++;
      return;
    }
    if (before) before.labels.push(number);
    else this.seen.set(path, { role: isQuery, labels: [number] });
    this.images.push(path);
    this.labels.push(number);
    this.roles.push(isQuery);
    this.domainOf.push(numberOf(this.domains, domain.trim()));
  }

  finish(root: string): RetrievalSet {
    const { images, roles, file } = this;
    const queries = roles.filter((role) => role === 1).length;
    if (queries === 0 || queries === roles.length)
      throw new MdfeError({
        code: 'eval/missing-role',
        what: queries === 0 ? 'the file lists no queries' : 'the file lists no index images',
        where: file,
        expected: 'lines of both roles, query and index',
        got: `${counted(queries, 'query')}, ${counted(roles.length - queries, 'index image')}`,
      });
    const unnamed = this.domains.size === 1 && this.domains.has('');
    const notes = [
      [this.empty, 'line', 'without image or label left out'],
      [this.repeated, 'repeated line', 'left out'],
    ] as const;
    return {
      root,
      length: images.length,
      image: (i) => images[i]!,
      labels: Int32Array.from(this.labels),
      classNames: [...this.classes.keys()],
      isQuery: Uint8Array.from(roles),
      domains: unnamed ? [] : [...this.domains.keys()].map((name) => name || '(no domain)'),
      domainOf: Int32Array.from(this.domainOf),
      title: file,
      notes: notes.filter(([n]) => n > 0).map(([n, noun, text]) => `${file}: ${counted(n, noun)} ${text}`),
    };
  }
}

function readRole(text: string, where: () => string): number {
  const role = text.trim().toLowerCase();
  if (role === 'query') return 1;
  if (role === 'index') return 0;
  throw new MdfeError({
    code: 'eval/bad-role',
    what: 'this is no role of an image',
    where: where(),
    expected: 'query or index',
    got: text || 'nothing',
  });
}

/** The number of a name, from 0 in order of first appearance. */
function numberOf(names: Map<string, number>, name: string): number {
  const known = names.get(name);
  if (known !== undefined) return known;
  names.set(copy(name), names.size);
  return names.size - 1;
}

/** The reader's strings may hold on to a whole chunk of the file. */
function copy(text: string): string {
  return Buffer.from(text).toString();
}
