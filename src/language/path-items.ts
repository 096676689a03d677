import { defaultText } from '../config/expected.ts';
import type { Field } from '../config/schema/fields.ts';
import type { CompletionItem } from './completion-item.ts';
import type { LanguageContext } from './context.ts';

/** Keys that name files or folders, and what relative paths count from. */
const PATH_KEYS: Readonly<Record<string, 'data' | 'workspace'>> = {
  'MODEL.output_dir': 'workspace',
  'DATASET.root': 'workspace',
  'DATASET.cls_dist_file': 'workspace',
  'EVAL.csv_file': 'data',
  'GOOGLE_DRIVE.client_secret_path': 'workspace',
};

/** Values that are a path behind a word. */
const PREFIXES: Readonly<Record<string, readonly [RegExp, 'data' | 'workspace']>> = {
  'DATASET.names': [/^(?:folder|csv):/, 'data'],
  'MODEL.BACKBONE.model_name': [/^local-dir:/, 'workspace'],
};

/** The path that a value names, and what it counts from; undefined where the key holds none. */
export function pathOf(
  key: string,
  value: string,
): { readonly from: 'data' | 'workspace'; readonly path: string } | undefined {
  const [pattern, prefixFrom] = PREFIXES[key] ?? [];
  const prefix = pattern?.exec(value)?.[0] ?? '';
  const from = prefix ? prefixFrom : PATH_KEYS[key];
  return from === undefined ? undefined : { from, path: value.slice(prefix.length) };
}

/** Entries of the folder that a value names so far; undefined where the key holds no path. */
export function pathItems(
  field: Field,
  typed: string,
  start: number,
  end: number,
  { listFolder }: LanguageContext,
): CompletionItem[] | undefined {
  const named = pathOf(field.path, typed);
  if (!named || !listFolder) return undefined;
  const { from, path } = named;
  const prefix = typed.slice(0, typed.length - path.length);
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const entries = listFolder(from, folder);
  const initial = path === '' && prefix === '' ? [defaultText(field)] : [];
  return [...new Set([...initial, ...entries])].map((entry) => ({
    label: entry,
    kind: 'path',
    insertText: entry,
    snippet: false,
    fromSchema: false,
    start: start + prefix.length + folder.length,
    end,
    detail: initial.includes(entry) ? 'default' : '',
    documentation: '',
  }));
}
