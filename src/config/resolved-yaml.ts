import { floatRepr } from './python/value.ts';
import { yamlText } from './python/yaml-text.ts';
import type { FieldKind } from './schema/field.ts';
import {
  configFields,
  configTree,
  type Field,
  type FieldValue,
  isAxes,
  isRange,
  isSection,
  type Section,
  type SweepAxis,
  valueAt,
} from './schema/fields.ts';
import { type Config, defaultConfig } from './schema/index.ts';

/**
 * A complete configuration as YAML. This parser and Python (PyYAML, then yacs) both read the same values back; floats
 * are exact. A section that Python does not know stands there only where it says something else than its defaults.
 */
export function resolvedYaml(config: Config): string {
  return `${sectionLines(configTree, config, '').join('\n')}\n`;
}

function sectionLines(section: Section, config: Config, indent: string): string[] {
  const lines: string[] = [];
  for (const [key, child] of section.children) {
    if (child.extension && isDefault(child, config)) continue;
    if (isSection(child)) lines.push(`${indent}${key}:`, ...sectionLines(child, config, `${indent}  `));
    else lines.push(`${indent}${key}: ${yamlValue(child, valueAt(config, child.path) as FieldValue)}`);
  }
  return lines;
}

function isDefault({ path }: Field | Section, config: Config): boolean {
  return JSON.stringify(valueAt(config, path)) === JSON.stringify(valueAt(defaultConfig, path));
}

/** A value of a key as YAML that reads back the same. */
export function yamlValue(field: Field, value: FieldValue): string {
  const kind = field.meta['x-kind'];
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return yamlNumber(value, kind);
  if (typeof value === 'string') return yamlText(value, true);
  if (isAxes(value))
    return `{${Object.entries(value)
      .map(([path, axis]) => `${path}: ${yamlAxis(configFields.get(path)!, axis)}`)
      .join(', ')}}`;
  const items = value.map((item) =>
    typeof item === 'number' ? yamlNumber(item, kind) : yamlText(item, false),
  );
  return `[${items.join(', ')}]`;
}

function yamlAxis(field: Field, axis: SweepAxis): string {
  if (!isRange(axis)) return `[${axis.map((value) => yamlValue(field, value)).join(', ')}]`;
  const { min, max, scale, steps } = axis;
  const ends = `min: ${yamlValue(field, min)}, max: ${yamlValue(field, max)}`;
  return `{${ends}, scale: ${scale}${steps === undefined ? '' : `, steps: ${steps}`}}`;
}

/** PyYAML takes a number with an exponent for one only if it has a point: 1.0e-07. */
function yamlNumber(value: number, kind: FieldKind): string {
  if (!kind.startsWith('float')) return String(value);
  return floatRepr(value).replace(/^(-?\d+)e/, '$1.0e');
}
