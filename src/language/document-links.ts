import type { ParsedConfig } from '../config/parse.ts';
import type { Range } from '../config/problem.ts';
import type { LanguageContext } from './context.ts';
import { weightsPage } from './markdown.ts';
import { pathOf } from './path-items.ts';
import { currentModel, currentTag } from './value-items.ts';

/** A value that leads somewhere. Offsets in UTF-16 units. */
export interface DocumentLink {
  readonly start: number;
  readonly end: number;
  /** A web page, or the absolute path of a file. */
  readonly target: { readonly page: string } | { readonly file: string };
  readonly tooltip: string;
}

/** Keys whose values name files. */
const FILES = ['DATASET.cls_dist_file', 'EVAL.csv_file', 'GOOGLE_DRIVE.client_secret_path'] as const;

/** The hub pages of model and weights, the pages of data sets, and files that are there. */
export function documentLinks(
  text: string,
  parsed: ParsedConfig,
  context: LanguageContext = {},
): DocumentLink[] {
  const links: DocumentLink[] = [];
  const add = (path: string, target: DocumentLink['target'] | undefined, tooltip: string) => {
    if (!target || !parsed.has(path)) return;
    const place = withoutQuotes(text, parsed.rangeOf(path));
    if (place.start < place.end) links.push({ ...place, target, tooltip });
  };
  const model = currentModel(parsed.effective, context);
  const page = model && weightsPage(model, currentTag(parsed.effective));
  for (const key of ['MODEL.BACKBONE.model_name', 'MODEL.BACKBONE.weights'])
    add(key, page === undefined ? undefined : { page }, 'Open the page of the weights');
  parsed.effective.DATASET.names.forEach((name, i) => {
    const known = context.datasets?.canonical(name);
    const about = known === undefined ? undefined : context.datasets?.about?.(known);
    if (about) add(`DATASET.names.${i}`, { page: about.page }, `Open the page of ${about.title}`);
    else add(`DATASET.names.${i}`, fileOf('DATASET.names', name, context), 'Open the file');
  });
  for (const key of FILES) {
    if (!parsed.has(key)) continue;
    const { start, end } = withoutQuotes(text, parsed.rangeOf(key));
    add(key, fileOf(key, text.slice(start, end), context), 'Open the file');
  }
  return links;
}

function fileOf(key: string, value: string, { findFile }: LanguageContext): { file: string } | undefined {
  const named = pathOf(key, value);
  const file = named && named.path !== '' ? findFile?.(named.from, named.path) : undefined;
  return file === undefined ? undefined : { file };
}

function withoutQuotes(text: string, { start, end }: Range): { start: number; end: number } {
  const written = text.slice(start.offset, end.offset);
  const quoted = /^(["']).*\1$/s.test(written);
  return { start: start.offset + (quoted ? 1 : 0), end: end.offset - (quoted ? 1 : 0) };
}
