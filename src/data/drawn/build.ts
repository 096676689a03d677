import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { writeAtomically } from '../../common/atomic-file.ts';
import { isSystemError } from '../../common/errors.ts';
import { Rng } from '../../common/rng.ts';
import type { DrawnClass } from './classes.ts';
import type { Drawing, Licence } from './icon-sets.ts';
import { renderDrawing } from './render.ts';
import { classesOf, type DrawnSetPlan } from './sets.ts';

export interface DrawnSetOptions extends DrawnSetPlan {
  readonly root: string;
  readonly seed: number;
}

export interface DrawnSet {
  readonly trainClasses: number;
  readonly trainImages: number;
  readonly evalClasses: number;
  readonly evalImages: number;
  /** False when the same set was there already. */
  readonly built: boolean;
}

interface Image {
  readonly path: string;
  readonly label: number;
  readonly drawing: Drawing;
  readonly name: string;
  readonly domain: string;
  readonly role: 'train' | 'query' | 'index';
}

/**
 * Draws a multi-domain retrieval set: `products-10k/train.csv` (name, class, group) with its images for training and
 * `eval.csv` (img_path, label, role, domain) with classes that training never sees; licences stand beside them.
 */
export async function buildDrawnSet(
  options: DrawnSetOptions,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<DrawnSet> {
  const done = join(options.root, 'drawn-set.json');
  const key = JSON.stringify({ ...options, root: undefined, version: 1 });
  const before = await previous(done);
  if (before?.key === key) return { ...before.set, built: false };

  const { classes, licences } = await classesOf(options);
  const images = plan(classes, options);
  for (const folder of ['products-10k/train', 'eval'])
    await mkdir(join(options.root, folder), { recursive: true });
  await renderAll(images, options, onProgress);
  await writeTables(options.root, images, licences);
  const set = tally(images);
  await writeAtomically(done, `${JSON.stringify({ key, set }, null, 2)}\n`);
  return { ...set, built: true };
}

async function previous(path: string): Promise<{ key: string; set: Omit<DrawnSet, 'built'> } | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function plan(classes: readonly DrawnClass[], options: DrawnSetOptions): Image[] {
  const { seed, heldOut, renderings, queriesPerClass } = options;
  return classes.flatMap(({ domain, name, drawings }, label) => {
    const rng = new Rng(seed, 'split', domain, name);
    const held = rng.uniform() < heldOut;
    const queries = queryDrawings(drawings, queriesPerClass, rng);
    const images = (drawing: Drawing) => Array.from({ length: held ? 1 : renderings }, () => drawing);
    const perVendor = new Map<string, number>();
    return drawings.flatMap(images).map((drawing): Image => {
      const n = (perVendor.get(drawing.set) ?? 0) + 1;
      perVendor.set(drawing.set, n);
      const file = `${domain}-${name}-${drawing.set}${n > 1 ? n : ''}.jpg`;
      return {
        path: held ? `eval/${file}` : `products-10k/train/${file}`,
        label,
        drawing,
        name: file,
        domain,
        role: held ? (queries.has(drawing) ? 'query' : 'index') : 'train',
      };
    });
  });
}

function queryDrawings(drawings: readonly Drawing[], queries: number, rng: Rng): Set<Drawing> {
  const wanted = Math.min(queries, drawings.length - 2);
  const chosen = new Set<Drawing>();
  while (chosen.size < wanted) chosen.add(drawings[rng.below(drawings.length)]!);
  return chosen;
}

async function renderAll(
  images: readonly Image[],
  { root, side, seed }: DrawnSetOptions,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  sharp.cache(false);
  let next = 0;
  let done = 0;
  const worker = async () => {
    for (let image = images[next++]; image; image = images[next++]) {
      const jpeg = await renderDrawing(image.drawing, side, new Rng(seed, 'render', image.path));
      await writeFile(join(root, image.path), jpeg);
      onProgress(++done, images.length);
    }
  };
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, worker));
}

async function writeTables(
  root: string,
  images: readonly Image[],
  licences: readonly Licence[],
): Promise<void> {
  const csv = (header: string, rows: readonly (readonly (string | number)[])[]) =>
    `${[header, ...rows.map((row) => row.join(','))].join('\n')}\n`;
  const train = images.filter((i) => i.role === 'train');
  const held = images.filter((i) => i.role !== 'train');
  await writeAtomically(
    join(root, 'products-10k', 'train.csv'),
    csv(
      'name,class,group',
      train.map((i) => [i.name, i.label, i.domain]),
    ),
  );
  await writeAtomically(
    join(root, 'eval.csv'),
    csv(
      'img_path,label,role,domain',
      held.map((i) => [i.path, i.label, i.role, i.domain]),
    ),
  );
  await writeAtomically(join(root, 'LICENCES.md'), licenceText(licences));
}

function licenceText(licences: readonly Licence[]): string {
  const rows = licences.map(
    (l) =>
      `| ${l.set} ${l.version} | ${l.author} | ${l.spdx ? `${l.title} (${l.spdx})` : l.title} | ${l.url} |`,
  );
  return `# Licences of these images

Each image was drawn by the vendor that its file name ends with, and placed on a background of ours.

| set | author | licence | text |
|---|---|---|---|
${rows.join('\n')}
`;
}

function tally(images: readonly Image[]): Omit<DrawnSet, 'built'> {
  const count = (held: boolean) => {
    const own = images.filter((i) => (i.role !== 'train') === held);
    return { classes: new Set(own.map((i) => i.label)).size, images: own.length };
  };
  const train = count(false);
  const held = count(true);
  return {
    trainClasses: train.classes,
    trainImages: train.images,
    evalClasses: held.classes,
    evalImages: held.images,
  };
}
