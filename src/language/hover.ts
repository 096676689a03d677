import { scalarText } from '../config/expected.ts';
import { parseConfig } from '../config/parse.ts';
import { yamlValue } from '../config/resolved-yaml.ts';
import {
  type Field,
  type FieldValue,
  isSection,
  nodeAt,
  type Section,
  valueAt,
} from '../config/schema/fields.ts';
import type { Config } from '../config/schema/index.ts';
import type { Coverage, LanguageContext } from './context.ts';
import { type Cursor, cursorAt } from './cursor.ts';
import { datasetLine } from './dataset-items.ts';
import { fieldDoc, headFormula, linkPapers, modelDoc } from './markdown.ts';
import { currentModel } from './value-items.ts';

export interface Hover {
  readonly start: number;
  readonly end: number;
  readonly markdown: string;
}

/** What the key or value at an offset means; undefined where there is nothing to say. */
export function hover(
  text: string,
  offset: number,
  context: LanguageContext = {},
  coverage: Coverage = 'all',
): Hover | undefined {
  const cursor = cursorAt(text, offset);
  if (!cursor || cursor.word.trim() === '') return undefined;
  const node = nodeAt(cursor.kind === 'key' ? [...cursor.path, cursor.word] : cursor.path);
  if (!node) return undefined;
  const { effective } = parseConfig(text, '', context);
  const about =
    cursor.kind === 'value' && !isSection(node) ? aboutValue(node, cursor, effective, context) : undefined;
  const markdown = about ?? aboutKey(node, effective, coverage);
  return markdown === undefined ? undefined : { start: cursor.start, end: cursor.end, markdown };
}

/** Beside another extension's hover of the key, only the value that counts. */
function aboutKey(node: Field | Section, effective: Config, coverage: Coverage): string | undefined {
  if (isSection(node)) {
    if (coverage === 'semantic') return undefined;
    const about = [`**${node.path}**${node.extension ? ' (extension)' : ''}`, node.description, node.details];
    return about.filter(Boolean).join('\n\n');
  }
  const written = yamlValue(node, valueAt(effective, node.path) as FieldValue);
  const value = written === 'null' ? 'None' : written;
  return coverage === 'semantic' ? `Effective value: \`${value}\`` : fieldDoc(node, value);
}

/** A model, a head, a data set, or a value that the schema describes. */
function aboutValue(
  field: Field,
  { word }: Cursor,
  effective: Config,
  context: LanguageContext,
): string | undefined {
  const model = field.path === 'MODEL.BACKBONE.model_name' ? currentModel(effective, context) : undefined;
  if (model) return modelDoc(model);
  if (field.path === 'DATASET.names') return aboutDataset(word, context);
  const index = field.allowed?.map(scalarText).indexOf(word) ?? -1;
  const meaning = field.meta.enumDescriptions?.[index];
  if (meaning === undefined) return undefined;
  const formula = field.path === 'MODEL.HEAD.name' ? headFormula(word) : undefined;
  return [linkPapers(`**${word}**: ${meaning}`), formula].filter(Boolean).join('\n\n');
}

function aboutDataset(word: string, { datasets, machine }: LanguageContext): string | undefined {
  const name = datasets?.canonical(word.trim());
  if (name === undefined) return undefined;
  const about = datasets?.about?.(name);
  const facts = machine?.datasets?.get(name);
  const here = facts && `Below ${machine?.dataRoot ?? 'the data folder'}: ${datasetLine(facts)}`;
  return [`**${name}**`, about && `${about.title}: ${about.page}`, here].filter(Boolean).join('\n\n');
}
