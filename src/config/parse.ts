import { isMap, isNode, isSeq, type YAMLMap } from 'yaml';
import { runChecks } from './checks/index.ts';
import { checkSweep } from './checks/sweep.ts';
import { coerce } from './coerce.ts';
import { expectedText } from './expected.ts';
import { type Problem, type Range, sortProblems } from './problem.ts';
import type { ConfigContext } from './registries.ts';
import { configTree, type Field, type FieldValue, isSection, type Section } from './schema/fields.ts';
import { type Config, configSchema, type PartialConfig } from './schema/index.ts';
import { suggestKey } from './suggest-key.ts';
import { readAxes } from './sweep/read-axes.ts';
import { YamlText } from './yaml/document.ts';
import { type Entry, entriesOf } from './yaml/entries.ts';
import { allowTag, readValue } from './yaml/read-value.ts';

export interface ParsedConfig {
  readonly file: string;
  /** The file merged over the defaults; absent as soon as there is an error. */
  readonly config?: Config;
  /** The same with defaults in the place of what could not be read: for editors. */
  readonly effective: Config;
  /** What the file says and could be read. */
  readonly given: PartialConfig;
  /** In the order of the file. */
  readonly problems: readonly Problem[];
  /**
   * Where a path stands, e.g. `MODEL.HEAD.k` or, for an item of a YAML list, `DATASET.names.0`: its value (default), its key, or both. A path that is not in the file
   * gives the key of the nearest section that is, or the start of the file.
   */
  rangeOf(path: string, part?: 'value' | 'key' | 'entry'): Range;
  /** Whether the file gives the key (readable or not). */
  has(path: string): boolean;
}

/**
 * Reads a configuration as PyYAML and yacs read it, and checks it. Never throws for any text; all problems are
 * collected.
 */
export function parseConfig(text: string, file: string, context: ConfigContext = {}): ParsedConfig {
  return new ConfigReader(text, file).read(context);
}

class ConfigReader {
  private readonly yaml: YamlText;
  private readonly given: Record<string, unknown> = {};
  private readonly places = new Map<string, { readonly key: Range; readonly value: Range }>();

  constructor(text: string, file: string) {
    this.yaml = new YamlText(text, file);
  }

  read(context: ConfigContext): ParsedConfig {
    const { yaml } = this;
    this.readRoot();
    const effective: Config = configSchema.parse(this.given);
    const parsed = {
      file: yaml.file,
      effective,
      given: this.given as PartialConfig,
      rangeOf: (path: string, part: 'value' | 'key' | 'entry' = 'value') => this.rangeOf(path, part),
      has: (path: string) => this.places.has(path),
    };
    const errors = yaml.problems.filter((p) => p.severity === 'error');
    // A check of a key that cannot be read would judge its default.
    const unread = new Set(errors.map((p) => p.path));
    const input = { ...parsed, ...context };
    const checked = runChecks(input).filter((p) => !unread.has(p.path));
    const isReadable = errors.every(({ path }) => path !== undefined && !/^SWEEP\b/.test(path));
    const sweep = isReadable ? checkSweep(input, [...errors, ...checked]) : [];
    const problems = sortProblems([...yaml.problems, ...checked, ...sweep]);
    const broken = problems.some((p) => p.severity === 'error');
    return { ...parsed, problems, ...(!broken && { config: effective }) };
  }

  private readRoot(): void {
    const { yaml } = this;
    const root = yaml.root && yaml.resolve(yaml.root);
    if (isMap(root)) {
      if (allowTag(yaml, root, 'map')) this.readSection(configTree, root, this.given);
      return;
    }
    if (yaml.problems.some((p) => p.severity === 'error')) return;
    const value = root && readValue(yaml, root);
    if (value === undefined || value.kind === 'none')
      yaml.report('config/empty', yaml.range(0, 0), {
        message: 'the file is empty; a configuration starts with a section, e.g. MODEL:',
        expected: [...configTree.children.keys()].join(', '),
      });
    else
      yaml.report('config/not-a-mapping', yaml.rangeOf(root!), {
        message: 'a configuration is a set of sections, e.g. MODEL: with its keys indented below',
        expected: [...configTree.children.keys()].join(', '),
      });
  }

  private readSection(section: Section, map: YAMLMap, into: Record<string, unknown>): void {
    const seen = new Map<string, Range>();
    for (const entry of entriesOf(this.yaml, map)) {
      const { key } = entry;
      const child = key === undefined ? undefined : section.children.get(key);
      const keyRange = this.yaml.rangeOf(entry.keyNode);
      if (key === undefined || child === undefined) {
        this.reportUnknown(section, entry, keyRange);
        continue;
      }
      const first = entry.merged ? undefined : seen.get(key);
      if (first)
        this.yaml.report('config/duplicate-key', keyRange, {
          path: child.path,
          message: `${child.path} is given twice, first in line ${first.start.line}`,
          related: [{ range: first, message: 'first given here' }],
        });
      else if (!entry.merged) seen.set(key, keyRange);
      const value = entry.valueNode ? this.yaml.rangeOf(entry.valueNode) : after(keyRange);
      this.places.set(child.path, { key: keyRange, value });
      if (isSection(child)) this.readSubsection(child, entry, into);
      else this.readField(child, entry, value, into);
    }
  }

  private readSubsection(section: Section, entry: Entry, into: Record<string, unknown>): void {
    const { yaml } = this;
    const node = entry.valueNode && yaml.resolve(entry.valueNode);
    if (entry.valueNode && !node) return;
    const name = section.keys.at(-1)!;
    if (isMap(node)) {
      if (!allowTag(yaml, node, 'map')) return;
      // A section that is given twice is reported; its keys are read together.
      into[name] ??= {};
      this.readSection(section, node, into[name] as Record<string, unknown>);
      return;
    }
    const value = node && readValue(yaml, node);
    if (node && value === undefined) return;
    const details = { path: section.path, expected: [...section.children.keys()].join(', ') };
    if (value === undefined || value.kind === 'none')
      yaml.report('config/empty-section', yaml.rangeOf(entry.keyNode), {
        ...details,
        message: `${section.path} has no keys; all its defaults count`,
      });
    else
      yaml.report('config/not-a-mapping', yaml.rangeOf(entry.valueNode!), {
        ...details,
        message: `${section.path} is a section: its keys stand indented on the lines below`,
      });
  }

  private readField(field: Field, entry: Entry, range: Range, into: Record<string, unknown>): void {
    if (field.meta['x-kind'] === 'axes') {
      this.readAxes(field, entry, range, into);
      return;
    }
    const written = entry.valueNode ? readValue(this.yaml, entry.valueNode) : ({ kind: 'none' } as const);
    if (written === undefined) return;
    const list = entry.valueNode && this.yaml.resolve(entry.valueNode);
    if (isSeq(list))
      list.items.forEach((item, i) => {
        const place = isNode(item) ? this.yaml.rangeOf(item) : range;
        this.places.set(`${field.path}.${i}`, { key: place, value: place });
      });
    const result = coerce(field, written);
    if ('value' in result) into[field.keys.at(-1)!] = result.value satisfies FieldValue;
    else
      for (const { code, details, item } of result.complaints)
        this.yaml.report(code, this.places.get(`${field.path}.${item}`)?.value ?? range, details);
  }

  private readAxes(field: Field, entry: Entry, range: Range, into: Record<string, unknown>): void {
    const { yaml } = this;
    const node = entry.valueNode && yaml.resolve(entry.valueNode);
    if (entry.valueNode && !node) return;
    if (isMap(node)) {
      if (!allowTag(yaml, node, 'map')) return;
      const axes = readAxes(yaml, node, (path, key, value) => this.places.set(path, { key, value }));
      into[field.keys.at(-1)!] = axes satisfies FieldValue;
      return;
    }
    const value = node && readValue(yaml, node);
    if (value !== undefined && value.kind !== 'none')
      yaml.report('config/not-a-mapping', range, {
        path: field.path,
        message: `${field.path} holds the keys to vary, indented on the lines below it`,
        expected: expectedText(field),
      });
  }

  private reportUnknown(section: Section, entry: Entry, range: Range): void {
    if (this.yaml.full) return;
    const name = entry.key ?? this.yaml.text.slice(range.start.offset, range.end.offset);
    const path = section.path ? `${section.path}.${name}` : name;
    const suggestion = suggestKey(section, name);
    const what = section.path ? 'key' : 'section';
    this.yaml.report('config/unknown-key', range, {
      path,
      message: `there is no ${what} ${path}${suggestion ? `; did you mean ${suggestion.text}?` : ''}`,
      expected: [...section.children.keys()].join(', '),
      got: name,
      ...(suggestion?.replacement !== undefined && { suggestion: suggestion.replacement }),
    });
  }

  private rangeOf(path: string, part: 'value' | 'key' | 'entry'): Range {
    const place = this.places.get(path);
    if (place) {
      if (part !== 'entry') return place[part];
      return { start: place.key.start, end: place.value.end };
    }
    const keys = path.split('.');
    while (keys.pop() !== undefined) {
      const section = this.places.get(keys.join('.'));
      if (section) return section.key;
    }
    return this.yaml.range(0, 0);
  }
}

function after(range: Range): Range {
  return { start: range.end, end: range.end };
}
