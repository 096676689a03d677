import { expectedText, scalarText } from '../config/expected.ts';
import { yamlValue } from '../config/resolved-yaml.ts';
import { conditionText } from '../config/schema/field.ts';
import { configTree, type Field, isSection, nodeAt, type Section } from '../config/schema/fields.ts';
import { cursorAt } from './cursor.ts';

export interface DefaultDocument {
  readonly text: string;
  /** Line from 0 of each key and section, by path. */
  readonly lines: ReadonlyMap<string, number>;
}

/** The whole default configuration as commented YAML. */
export function defaultDocument(): DefaultDocument {
  const lines = ['# default_cfg: every key with its default. A configuration gives only what differs.'];
  const places = new Map<string, number>();
  const write = (section: Section, indent: string) => {
    for (const [key, child] of section.children) {
      const comments = isSection(child) ? sectionComments(child) : fieldComments(child);
      if (isSection(child) && indent === '') lines.push('');
      lines.push(...comments.map((comment) => `${indent}# ${comment}`));
      places.set(child.path, lines.length);
      if (isSection(child)) {
        lines.push(`${indent}${key}:`);
        write(child, `${indent}  `);
      } else lines.push(`${indent}${key}: ${yamlValue(child, child.default)}`);
    }
  };
  write(configTree, '');
  return { text: `${lines.join('\n')}\n`, lines: places };
}

/** Where the default of the key or section at an offset stands; undefined where none does. */
export function defaultLine(text: string, offset: number, document: DefaultDocument): number | undefined {
  const cursor = cursorAt(text, offset);
  if (!cursor || cursor.word.trim() === '') return undefined;
  const node = nodeAt(cursor.kind === 'key' ? [...cursor.path, cursor.word] : cursor.path);
  return node && document.lines.get(node.path);
}

function sectionComments(section: Section): string[] {
  const mark = section.extension ? ' (extension: the Python system does not have it)' : '';
  return [`${section.description}${mark}`];
}

function fieldComments(field: Field): string[] {
  const { meta } = field;
  const unit = meta['x-unit'] === undefined ? '' : ` [${meta['x-unit']}]`;
  const lines = [`${meta.description}${unit}`];
  if (meta.enumDescriptions)
    lines.push(...meta.enumDescriptions.map((d, i) => `  ${scalarText(field.allowed?.[i] ?? null)}: ${d}`));
  else if (!field.allowed) lines.push(`Takes ${expectedText(field)}.`);
  if (meta['x-used-when']) lines.push(`Used when ${conditionText(meta['x-used-when']).replaceAll('`', '')}.`);
  return lines;
}
