import { isMap, isNode, isSeq, type YAMLMap } from 'yaml';
import { nearest } from '../../common/suggest.ts';
import { coerce } from '../coerce.ts';
import { expectedText } from '../expected.ts';
import { SWEEP_SCALES, type SweepScale } from '../names.ts';
import type { ProblemDetails, Range } from '../problem.ts';
import type { ProblemCode } from '../problem-codes.ts';
import { literalEval } from '../python/literal.ts';
import { type PyValue, repr } from '../python/value.ts';
import { configFields, configSections, type Field, type KeyValue, type SweepAxis } from '../schema/fields.ts';
import { suggestPath } from '../suggest-key.ts';
import type { YamlText } from '../yaml/document.ts';
import { type Entry, entriesOf } from '../yaml/entries.ts';
import { readValue } from '../yaml/read-value.ts';
import { AXES, RANGE_KEYS } from './range-keys.ts';
import { sweepableFields, whyFixed } from './sweepable.ts';

/** Notes where a path stands, e.g. `SWEEP.keys.OPTIMIZER.lr` or `SWEEP.keys.OPTIMIZER.lr.0`. */
type Note = (path: string, key: Range, value: Range) => void;

/** Reads `SWEEP.keys`; axes that cannot be read are reported and left out. */
export function readAxes(yaml: YamlText, map: YAMLMap, note: Note): Record<string, SweepAxis> {
  const axes: Record<string, SweepAxis> = {};
  const seen = new Set<string>();
  for (const entry of entriesOf(yaml, map)) {
    const { key: path, keyNode, valueNode } = entry;
    const keyRange = yaml.rangeOf(keyNode);
    const field = path === undefined ? undefined : configFields.get(path);
    if (!field || whyFixed(field.path) !== undefined) {
      reportKey(yaml, path, keyRange);
      continue;
    }
    const at = `${AXES}.${field.path}`;
    if (seen.has(field.path))
      yaml.report('config/duplicate-key', keyRange, {
        path: at,
        message: `${field.path} is swept twice; one list can hold all its values`,
      });
    if (!entry.merged) seen.add(field.path);
    note(at, keyRange, valueNode ? yaml.rangeOf(valueNode) : { start: keyRange.end, end: keyRange.end });
    const axis = new AxisReader(yaml, field, note).read(entry);
    if (axis) axes[field.path] = axis;
  }
  return axes;
}

function reportKey(yaml: YamlText, path: string | undefined, range: Range): void {
  const name = path ?? yaml.text.slice(range.start.offset, range.end.offset);
  const reason = configFields.has(name) || configSections.has(name) ? whyFixed(name) : undefined;
  if (reason !== undefined) {
    yaml.report('config/sweep-key', range, {
      path: `${AXES}.${name}`,
      message: `${name} cannot be swept: ${reason}`,
      got: name,
    });
    return;
  }
  const inside = [...sweepableFields.keys()].filter((key) => key.startsWith(`${name}.`));
  const suggestion = inside.length === 0 ? suggestPath(name, [...sweepableFields.values()]) : undefined;
  const hint = inside[0]
    ? `; ${name} is a section, and its keys are written as ${inside[0]}`
    : suggestion === undefined
      ? ''
      : `; did you mean ${suggestion}?`;
  yaml.report('config/unknown-key', range, {
    path: `${AXES}.${name}`,
    message: `there is no key ${name} to sweep${hint}`,
    expected: 'the path of a key, e.g. OPTIMIZER.lr',
    got: name,
    ...(suggestion !== undefined && { suggestion }),
  });
}

class AxisReader {
  private readonly yaml: YamlText;
  private readonly field: Field;
  private readonly note: Note;
  private readonly path: string;

  constructor(yaml: YamlText, field: Field, note: Note) {
    this.yaml = yaml;
    this.field = field;
    this.note = note;
    this.path = `${AXES}.${field.path}`;
  }

  read({ keyNode, valueNode }: Entry): SweepAxis | undefined {
    const node = valueNode && this.yaml.resolve(valueNode);
    if (valueNode && !node) return undefined;
    if (isMap(node)) return this.range(node, this.yaml.rangeOf(valueNode!));
    const place = this.yaml.rangeOf(valueNode ?? keyNode);
    const range = place.start.offset < place.end.offset ? place : this.yaml.rangeOf(keyNode);
    const written = valueNode ? readValue(this.yaml, valueNode) : ({ kind: 'none' } as const);
    if (written === undefined) return undefined;
    const value = written.kind === 'str' ? (literalEval(written.value) ?? written) : written;
    if (value.kind !== 'list' && value.kind !== 'tuple') return this.single(written, value, range);
    if (value.items.length === 0) {
      this.report('config/length', range, {
        message: `${this.field.path} is swept over an empty list`,
        expected: 'at least one value',
        got: '[]',
      });
      return undefined;
    }
    const places = isSeq(node) ? node.items.map((item) => isNode(item) && this.yaml.rangeOf(item)) : [];
    return this.list(value.items, (i) => places[i] || range);
  }

  private list(items: readonly PyValue[], placeOf: (i: number) => Range): SweepAxis | undefined {
    const values: KeyValue[] = [];
    const seen = new Map<string, number>();
    items.forEach((item, i) => {
      const place = placeOf(i);
      this.note(`${this.path}.${i}`, place, place);
      const value = this.value(item, place);
      if (value === undefined) return;
      const text = JSON.stringify(value);
      if (seen.has(text))
        this.report('config/sweep-repeated', place, {
          message: `${this.field.path} tries ${repr(item)} twice; the second is left out`,
        });
      seen.set(text, i);
      values.push(value);
    });
    return values.length === items.length ? values : undefined;
  }

  /** One value, as the key itself would take it. */
  private value(written: PyValue, place: Range): KeyValue | undefined {
    const result = coerce(this.field, written);
    if ('value' in result) return result.value;
    for (const { code, details } of result.complaints) this.report(code, place, details);
    return undefined;
  }

  private single(written: PyValue, value: PyValue, range: Range): undefined {
    const text = this.yaml.text.slice(range.start.offset, range.end.offset);
    const got = written.kind === 'none' ? 'nothing' : repr(value);
    this.report('config/type', range, {
      message: `${this.field.path} is swept over a list of values or a range, not ${got}`,
      expected: '[VALUE, VALUE, ...] or {min: NUMBER, max: NUMBER}',
      got,
      ...(written.kind !== 'none' && { suggestion: `[${text}]` }),
    });
  }

  private range(map: YAMLMap, whole: Range): SweepAxis | undefined {
    const { field, yaml } = this;
    if (field.meta['x-kind'] !== 'int' && field.meta['x-kind'] !== 'float') {
      this.report('config/sweep-range', whole, {
        message: `${field.path} has no range: it is ${expectedText(field)}`,
        expected: 'a list of values',
        got: 'a mapping',
      });
      return undefined;
    }
    const found: { min?: number; max?: number; scale?: SweepScale; steps?: number } = {};
    let readable = true;
    for (const { key, keyNode, valueNode } of entriesOf(yaml, map)) {
      const keyRange = yaml.rangeOf(keyNode);
      const place = valueNode ? yaml.rangeOf(valueNode) : keyRange;
      if (key === undefined || !(key in RANGE_KEYS)) {
        this.reportRangeKey(key, keyRange);
        readable = false;
        continue;
      }
      this.note(`${this.path}.${key}`, keyRange, place);
      const written = valueNode ? readValue(yaml, valueNode) : ({ kind: 'none' } as const);
      if (written === undefined) readable = false;
      else if (key === 'min' || key === 'max') {
        const value = this.value(written, place);
        if (typeof value === 'number') found[key] = value;
        else readable = false;
      } else if (key === 'scale') {
        const scale = SWEEP_SCALES.find((s) => written.kind === 'str' && s === written.value);
        if (scale) found.scale = scale;
        else readable = this.wrongScale(written, place);
      } else if (written.kind === 'int' && written.value >= 2) found.steps = written.value;
      else readable = this.wrongSteps(written, place);
    }
    return readable ? this.complete(found, whole) : undefined;
  }

  private complete(
    found: { min?: number; max?: number; scale?: SweepScale; steps?: number },
    whole: Range,
  ): SweepAxis | undefined {
    const { min, max, scale = 'linear', steps } = found;
    const { path } = this.field;
    const wrong = (message: string, expected: string) => {
      this.report('config/sweep-range', whole, { message, expected });
      return undefined;
    };
    if (min === undefined || max === undefined)
      return wrong(`the range of ${path} needs both min and max`, '{min: NUMBER, max: NUMBER}');
    if (min > max)
      return wrong(`the range of ${path} ends before it begins: min ${min}, max ${max}`, 'min below max');
    if (scale === 'log' && min <= 0)
      return wrong(`a log scale begins above 0, but min of ${path} is ${min}`, 'min above 0');
    return { min, max, scale, ...(steps !== undefined && { steps }) };
  }

  private wrongScale(written: PyValue, place: Range): false {
    const words = written.kind === 'str' ? written.value : repr(written);
    const suggestion = /log/i.test(words) ? 'log' : nearest(words, SWEEP_SCALES);
    this.report('config/value', place, {
      message: `scale is linear or log, not ${words}${suggestion === undefined ? '' : `; did you mean ${suggestion}?`}`,
      expected: SWEEP_SCALES.join(' or '),
      got: words,
      ...(suggestion !== undefined && { suggestion }),
    });
    return false;
  }

  private wrongSteps(written: PyValue, place: Range): false {
    const code = written.kind === 'int' ? 'config/range' : 'config/type';
    const expected = 'a whole number, at least 2';
    const got = repr(written);
    this.report(code, place, { message: `steps is ${expected}, not ${got}`, expected, got });
    return false;
  }

  private reportRangeKey(key: string | undefined, range: Range): void {
    const name = key ?? '';
    const near = RANGE_ALIASES[name] ?? nearest(name, Object.keys(RANGE_KEYS));
    const hint =
      name === 'values' || name === 'value'
        ? '; a list of values stands there by itself, as in [0.1, 0.2]'
        : near === undefined
          ? ''
          : `; did you mean ${near}?`;
    this.report('config/unknown-key', range, {
      message: `a range has no key ${name}${hint}`,
      expected: Object.keys(RANGE_KEYS).join(', '),
      got: name,
      ...(near !== undefined && name !== 'values' && name !== 'value' && { suggestion: near }),
    });
  }

  private report(code: ProblemCode, range: Range, details: ProblemDetails): void {
    this.yaml.report(code, range, { ...details, path: this.path });
  }
}

/** What other tools call them. */
const RANGE_ALIASES: Readonly<Record<string, keyof typeof RANGE_KEYS>> = {
  low: 'min',
  start: 'min',
  from: 'min',
  high: 'max',
  stop: 'max',
  end: 'max',
  to: 'max',
  distribution: 'scale',
  num: 'steps',
  step: 'steps',
  count: 'steps',
  n: 'steps',
};
