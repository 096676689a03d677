import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageFile } from '../../common/dist.ts';
import type { Algebra } from '../../heads/algebra.ts';
import { dualNumbers } from '../../heads/dual.ts';
import {
  blockBytes,
  layoutSource,
  OWN_FIELDS,
  SHARED_FIELDS,
  type SharedField,
} from '../../kernels/probe-layout.ts';
import { writeBlock } from '../../kernels/probe-memory.ts';
import { type EntryHead, entriesSource, publishedEntriesSource } from './kernels-emit.ts';

/** A head that nobody wrote a kernel for: every operation of the algebra, one row parameter unused. */
const everything: EntryHead = {
  name: 'ArcFace',
  rowNames: ['unused', 'above', 'margin'],
  entry<T>(a: Algebra<T>, c: T, row: Readonly<Record<string, T>>): T {
    const angle = a.add(a.acos(a.clamp(c, -0.97, 0.97)), row.margin!);
    const bent = a.mul(a.sub(a.constant(1), a.cos(angle)), a.constant(0.5));
    return a.where(c, row.above!, a.mul(bent, a.add(c, row.margin!)), a.clamp(c, -0.2, 2));
  },
};
const constant: EntryHead = { name: 'AdaFace', rowNames: [], entry: (a) => a.constant(0.25) };

const CLASSES = 33;
const ROWS = 16;
const SCALE = 3;
const SHIFT = 2;
const SHARED = 1024;
const OWN = 2048;
const address = { rowParameters: 4096, shifts: 8192, cosines: 16_384, results: 32_768, sums: 49_152 };
const folder = packageFile('test/.cache/kernels-emit');

interface Exports {
  configure(shared: number, own: number): void;
  entryForward(head: number, from: number, to: number, sums: number, count: number): void;
  entryLargest(head: number, from: number, sums: number, count: number): void;
}

let kernel: Exports;
const memory = new WebAssembly.Memory({ initial: 2, maximum: 2 });
const floats = (at: number, n: number) => new Float32Array(memory.buffer, at, n);

beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(packageFile('src/kernels/assembly/simd.ts'), join(folder, 'simd.ts'));
  writeFileSync(join(folder, 'layout.ts'), layoutSource());
  writeFileSync(join(folder, 'entries.ts'), entriesSource([everything, constant]));
  writeFileSync(
    join(folder, 'main.ts'),
    "export { configure } from './layout';\nexport { entryForward, entryLargest } from './entries';\n",
  );
  const builder = pathToFileURL(packageFile('scripts/build-kernels.mjs')).href;
  const { compile } = (await import(builder)) as { compile(source: string, target: string): Promise<void> };
  await compile(join(folder, 'main.ts'), join(folder, 'main.wasm'));
  const module = new WebAssembly.Module(readFileSync(join(folder, 'main.wasm')));
  kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports;

  const fields: Partial<Record<SharedField, number>> = { batch: ROWS, scale: SCALE, ...address };
  expect(SHARED + blockBytes(SHARED_FIELDS)).toBeLessThan(OWN);
  writeBlock(memory, SHARED, SHARED_FIELDS, fields);
  writeBlock(memory, OWN, OWN_FIELDS, {});
  kernel.configure(SHARED, OWN);
  floats(address.shifts, ROWS).fill(SHIFT);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Cosines over [-1, 1], ends included; one place is left out. [CLASSES, ROWS] */
function fill(): Float32Array {
  const cosines = floats(address.cosines, CLASSES * ROWS);
  for (let i = 0; i < cosines.length; i++) cosines[i] = -1 + (2 * i) / (cosines.length - 1);
  cosines[5 * ROWS + 7] = Number.NaN;
  for (let b = 0; b < ROWS; b++) {
    floats(address.rowParameters + ROWS * 4, ROWS)[b] = b / 8 - 1;
    floats(address.rowParameters + ROWS * 8, ROWS)[b] = 0.1 + b / 40;
  }
  return cosines;
}

function expected(head: EntryHead, cosine: number, b: number) {
  const row = Object.fromEntries(
    head.rowNames.map((name, i) => [
      name,
      dualNumbers.constant(floats(address.rowParameters + i * ROWS * 4, ROWS)[b]!),
    ]),
  );
  const y = head.entry(dualNumbers, { value: cosine, derivative: 1 }, row);
  return { exponential: Math.exp(SCALE * y.value - SHIFT), slope: y.derivative, logit: SCALE * y.value };
}

describe.each([
  { name: 'every operation', number: 0, head: everything },
  { name: 'a constant', number: 1, head: constant },
])('the code written for $name', ({ number, head }) => {
  it('computes exponentials times the derivative, and their sums', () => {
    const cosines = fill();
    floats(address.sums, ROWS).fill(1);
    kernel.entryForward(number, address.cosines, address.results, address.sums, CLASSES);
    const results = floats(address.results, CLASSES * ROWS);
    for (let b = 0; b < ROWS; b++) {
      let sum = 1;
      for (let j = 0; j < CLASSES; j++) {
        const i = j * ROWS + b;
        if (Number.isNaN(cosines[i]!)) continue;
        const { exponential, slope } = expected(head, cosines[i]!, b);
        sum += exponential;
        expect(Math.abs(results[i]! - exponential * slope), `${cosines[i]}`).toBeLessThan(3e-6);
      }
      expect(Math.abs(floats(address.sums, ROWS)[b]! / sum - 1)).toBeLessThan(2e-6);
    }
  });

  it('finds the largest logit of each row', () => {
    const cosines = fill();
    floats(address.sums, ROWS).fill(-1e30);
    kernel.entryLargest(number, address.cosines, address.sums, CLASSES);
    for (let b = 0; b < ROWS; b++) {
      const logits = Array.from({ length: CLASSES }, (_, j) => cosines[j * ROWS + b]!)
        .filter((c) => !Number.isNaN(c))
        .map((c) => expected(head, c, b).logit);
      expect(Math.abs(floats(address.sums, ROWS)[b]! - Math.max(...logits))).toBeLessThan(3e-6);
    }
  });
});

describe('writing entry functions', () => {
  it('refuses one that reads its configuration at build time', () => {
    const withMargin = (m: number): EntryHead => ({
      name: 'ArcFace',
      rowNames: [],
      entry: (a, c) => a.sub(c, a.constant(m)),
    });
    expect(() => entriesSource([withMargin(0.5)], [withMargin(0.3)])).toThrow(
      /internal: the entry function of ArcFace depends on its configuration/,
    );
  });

  it('writes equal functions once', () => {
    const source = publishedEntriesSource();
    expect(source.match(/export function forward\d/g)).toHaveLength(4); // cosine, angle, curricular, clamped
    expect(source.match(/return forward0\(/g)).toHaveLength(3); // ArcFace, DynM-ArcFace, AdaCos
  });
});
