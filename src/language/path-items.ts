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

/** Entries of the folder that a value names so far; undefined where the key holds no path. */
export function pathItems(
  field: Field,
  typed: string,
  start: number,
  end: number,
  { listFolder }: LanguageContext,
): CompletionItem[] | undefined {
  const [pattern, prefixFrom] = PREFIXES[field.path] ?? [];
  const prefix = pattern?.exec(typed)?.[0] ?? '';
  const from = prefix ? prefixFrom : PATH_KEYS[field.path];
  if (from === undefined || !listFolder) return undefined;
  const path = typed.slice(prefix.length);
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
