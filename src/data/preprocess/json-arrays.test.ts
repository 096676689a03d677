import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJsonArrays } from './json-arrays.ts';

let file: string;
beforeEach(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'mdfe-json-')), 'x.json');
});
afterEach(() => rm(join(file, '..'), { recursive: true }));

async function read(text: string): Promise<{ a: unknown[]; b: unknown[] }> {
  await writeFile(file, text);
  const got = { a: [] as unknown[], b: [] as unknown[] };
  await readJsonArrays(file, { a: (x) => got.a.push(x), b: (x) => got.b.push(x) });
  return got;
}

describe('readJsonArrays', () => {
  it('finds the lists among other values', async () => {
    const value = {
      info: { a: [{ no: 1 }], text: '"a": [{' },
      licence: '}]{[ \\" é',
      b: [],
      other: [{ a: [{ no: 2 }] }],
      a: [{ id: 1, deep: { a: [{ x: '}' }] } }, { 'q"': ['\\', '{"'] }, [3]],
    };
    for (const indent of [0, 2])
      expect(await read(JSON.stringify(value, null, indent))).toEqual({ a: value.a, b: [] });
  });

  it('reads elements that lie across the chunks of the file', async () => {
    const a = Array.from({ length: 3000 }, (_, id) => ({
      id,
      text: `é"\\\u{1f600}${'x'.repeat(id % 1999)}`,
    }));
    const b = [{ long: 'y'.repeat(2_500_000) }, { id: 1 }];
    const text = JSON.stringify({ a, b });
    expect(text.length).toBeGreaterThan(5_000_000);
    expect(await read(text)).toEqual({ a, b });
  });

  it.each([
    ['cut off', '{"a": [{"id": 1}', 'data/annotation-json'],
    ['cut off in a text', '{"a": [{"id": "1', 'data/annotation-json'],
    ['closed twice', '{"a": [], "b": []}}', 'data/annotation-json'],
    ['a broken element', '{"a": [{id: 1}], "b": []}', 'data/annotation-json'],
    ['a list at the root', '[{"a": []}]', 'data/annotation-shape'],
    ['a missing list', '{"a": []}', 'data/annotation-shape'],
    ['empty', '', 'data/annotation-shape'],
  ])('refuses: %s', async (_, text, code) => {
    await expect(read(text)).rejects.toMatchObject({ code });
  });
});
