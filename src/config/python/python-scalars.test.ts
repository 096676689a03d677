import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Node } from 'yaml';
import { YamlText } from '../yaml/document.ts';
import { readValue } from '../yaml/read-value.ts';
import { literalEval } from './literal.ts';
import { type PyValue, repr } from './value.ts';

interface Row {
  readonly text: string;
  readonly type?: string;
  readonly repr?: string;
  readonly error?: string;
}

/** Made with real PyYAML and Python; see test/fixtures/config/python-scalars.py. */
const rows = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/config/python-scalars.json', import.meta.url), 'utf8'),
) as Row[];

const TYPES: Record<string, PyValue['kind']> = {
  NoneType: 'none',
  bool: 'bool',
  int: 'int',
  float: 'float',
  str: 'str',
  list: 'list',
  tuple: 'tuple',
  dict: 'dict',
  set: 'set',
  bytes: 'bytes',
  complex: 'complex',
  date: 'date',
  datetime: 'date',
  ellipsis: 'ellipsis',
};

function read(text: string): PyValue | undefined {
  const yaml = new YamlText(`key: ${text}\n`, 'x.yaml');
  const map = yaml.root as unknown as { items: { value: Node | null }[] };
  const node = map.items[0]?.value;
  const value = node ? readValue(yaml, node) : ({ kind: 'none' } as const);
  if (yaml.problems.length) return undefined;
  return value?.kind === 'str' ? (literalEval(value.value) ?? value) : value;
}

test.each(rows)('$text reads as Python reads it', (row) => {
  const value = read(row.text);
  if (row.error !== undefined) {
    expect(value).toBeUndefined();
    return;
  }
  expect(value?.kind).toBe(TYPES[row.type!]);
  // Kinds that no key takes are told apart but not read further.
  if (value && !['set', 'bytes', 'complex', 'date', 'ellipsis'].includes(value.kind))
    expect(repr(value, 1000)).toBe(row.repr);
});
