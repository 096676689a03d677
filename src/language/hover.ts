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
import { axisValues } from '../config/sweep/axis-values.ts';
import { valueLabel } from '../config/sweep/label.ts';
import { RANGE_KEYS } from '../config/sweep/range-keys.ts';
import type { Coverage, LanguageContext } from './context.ts';
import { type Cursor, cursorAt } from './cursor.ts';
import { datasetLine } from './dataset-items.ts';
import { fieldDoc, headFormula, linkPapers, modelDoc } from './markdown.ts';
import { sweepPlace } from './sweep-items.ts';
import { currentModel, currentTag } from './value-items.ts';

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
  const path = cursor.kind === 'key' ? [...cursor.path, cursor.word] : cursor.path;
  const { effective } = parseConfig(text, '', context);
  const swept = sweepPlace(path);
  if (swept?.field) {
    const about = sweptKey(swept.field, swept.rangeKey, cursor, effective, context);
    return { start: cursor.start, end: cursor.end, markdown: about };
  }
  const node = nodeAt(path);
  if (!node) return undefined;
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

const MAX_VALUES = 12; // of a swept key that are shown

/** A swept key with the values that it takes, or one of those. */
function sweptKey(
  field: Field,
  rangeKey: string | undefined,
  cursor: Cursor,
  effective: Config,
  context: LanguageContext,
): string {
  if (rangeKey !== undefined && rangeKey in RANGE_KEYS)
    return `**${rangeKey}**: ${RANGE_KEYS[rangeKey as keyof typeof RANGE_KEYS]}`;
  const value = cursor.kind === 'value' ? aboutValue(field, cursor, effective, context) : undefined;
  const axis = effective.SWEEP.keys[field.path];
  const values = axis && axisValues(field, axis);
  const shown = values?.slice(0, MAX_VALUES).map((v) => `\`${valueLabel(v)}\``);
  const swept = axis && `Swept over ${shown ? shown.join(', ') : 'any number of the range'}`;
  const more = values && values.length > MAX_VALUES ? ` and ${values.length - MAX_VALUES} more` : '';
  return value ?? [swept && `${swept}${more}.`, fieldDoc(field)].filter(Boolean).join('\n\n');
}

/** A model, a head, a data set, or a value that the schema describes. */
function aboutValue(
  field: Field,
  { word }: Cursor,
  effective: Config,
  context: LanguageContext,
): string | undefined {
  const isModel = field.path === 'MODEL.BACKBONE.model_name' || field.path === 'MODEL.BACKBONE.weights';
  const model = isModel ? currentModel(effective, context) : undefined;
  if (model) return modelDoc(model, currentTag(effective));
  if (field.path === 'DATASET.names') return aboutDataset(word, context);
  const index = field.allowed?.map(scalarText).indexOf(word) ?? -1;
  const meaning = field.meta.enumDescriptions?.[index];
  if (meaning === undefined) return undefined;
  const formula = field.path === 'MODEL.HEAD.name' ? headFormula(word) : undefined;
  return [linkPapers(`**${word}**: ${meaning}`), formula].filter(Boolean).join('\n\n');
}

function ownData(name: string): string {
  return name.startsWith('csv:')
    ? 'Your own data: a CSV file with the columns `img_path` and `label`, relative to the data folder.'
    : 'Your own data: a folder with one folder of images per class, relative to the data folder.';
}

function aboutDataset(word: string, { datasets, machine }: LanguageContext): string | undefined {
  const name = datasets?.canonical(word.trim());
  if (name === undefined) return undefined;
  const about = datasets?.about?.(name);
  const facts = machine?.datasets?.get(name);
  const root = machine?.dataRoot ?? 'the data folder';
  const here =
    facts?.state === 'missing'
      ? `Not below ${root}: ${facts.what}`
      : facts && `Below ${root}: ${datasetLine(facts)}`;
  const title = about ? `${about.title}: ${about.page}` : ownData(name);
  return [`**${name}**`, title, here].filter(Boolean).join('\n\n');
}
