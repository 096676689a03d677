import { scalarText } from '../config/expected.ts';
import { parseConfig } from '../config/parse.ts';
import type { ConfigContext } from '../config/registries.ts';
import { yamlValue } from '../config/resolved-yaml.ts';
import { type FieldValue, isSection, nodeAt, valueAt } from '../config/schema/fields.ts';
import { cursorAt } from './cursor.ts';
import { fieldDoc, linkPapers, modelDoc } from './markdown.ts';
import { currentModel } from './value-items.ts';

export interface Hover {
  readonly start: number;
  readonly end: number;
  readonly markdown: string;
}

/** What the key or value at an offset means; undefined where there is nothing to say. */
export function hover(text: string, offset: number, context: ConfigContext = {}): Hover | undefined {
  const cursor = cursorAt(text, offset);
  if (!cursor || cursor.word.trim() === '') return undefined;
  const { start, end } = cursor;
  const node = nodeAt(cursor.kind === 'key' ? [...cursor.path, cursor.word] : cursor.path);
  if (!node) return undefined;
  if (isSection(node)) {
    const about = [`**${node.path}**${node.extension ? ' (extension)' : ''}`, node.description, node.details];
    return { start, end, markdown: about.filter(Boolean).join('\n\n') };
  }
  const { effective } = parseConfig(text, '', context);
  if (cursor.kind === 'value') {
    const index = node.meta.enumDescriptions && node.allowed?.map(scalarText).indexOf(cursor.word);
    const meaning = index === undefined ? undefined : node.meta.enumDescriptions?.[index];
    if (meaning !== undefined) return { start, end, markdown: linkPapers(`**${cursor.word}**: ${meaning}`) };
    const model = node.path === 'MODEL.BACKBONE.model_name' ? currentModel(effective, context) : undefined;
    if (model) return { start, end, markdown: modelDoc(model) };
  }
  const value = yamlValue(node, valueAt(effective, node.path) as FieldValue);
  return { start, end, markdown: fieldDoc(node, value === 'null' ? 'None' : value) };
}
