import type { ParsedConfig } from '../config/parse.ts';
import type { Range } from '../config/problem.ts';
import { configTree, isSection, type Section } from '../config/schema/fields.ts';

/** A key or section for the outline. */
export interface ConfigSymbol {
  readonly name: string;
  /** The value of a key as written, shortened. */
  readonly detail: string;
  readonly kind: 'section' | 'key';
  readonly range: Range;
  readonly keyRange: Range;
  readonly children: readonly ConfigSymbol[];
}

const MAX_DETAIL = 60;

/** Outline of a configuration: the keys that the schema knows. */
export function symbols(text: string, parsed: ParsedConfig): ConfigSymbol[] {
  return ofSection(configTree, text, parsed);
}

function ofSection(section: Section, text: string, parsed: ParsedConfig): ConfigSymbol[] {
  const found: ConfigSymbol[] = [];
  for (const [name, child] of section.children) {
    if (!parsed.has(child.path)) continue;
    const value = parsed.rangeOf(child.path);
    const written = text.slice(value.start.offset, value.end.offset).replace(/\s+/g, ' ');
    const detail = written.length > MAX_DETAIL ? `${written.slice(0, MAX_DETAIL - 1)}…` : written;
    found.push({
      name,
      detail: isSection(child) ? '' : detail,
      kind: isSection(child) ? 'section' : 'key',
      range: parsed.rangeOf(child.path, 'entry'),
      keyRange: parsed.rangeOf(child.path, 'key'),
      children: isSection(child) ? ofSection(child, text, parsed) : [],
    });
  }
  // Keys that are merged in from an anchor stand elsewhere; an outline nests by place.
  return found.sort((a, b) => a.range.start.offset - b.range.start.offset);
}
