import { internalError } from '../../common/errors.ts';
import { DERIVATIVE_FLOOR } from '../../heads/algebra.ts';
import { createHead } from '../../heads/create.ts';
import { type DualBase, dualAlgebra } from '../../heads/dual.ts';
import { HEAD_NAMES, type HeadConfig, type MarginHead } from '../../heads/head.ts';

/**
 * A value of the code-writing arithmetic: the AssemblyScript expression of a v128, and the number when it is known
 * at build time.
 */
interface Code {
  readonly text: string;
  readonly number?: number;
}

/** Writes one statement per operation and returns its name; what is known is computed, what is equal is shared. */
class Writer implements DualBase<Code> {
  readonly statements: string[] = [];
  private readonly names = new Map<string, string>();

  constant(value: number): Code {
    const literal = Number.isInteger(value) ? `${value}.0` : `${value}`;
    return { text: `f32x4.splat(<f32>${literal})`, number: value };
  }
  add(a: Code, b: Code): Code {
    if (a.number === 0) return b;
    if (b.number === 0) return a;
    return this.fold(a, b, (x, y) => x + y) ?? this.name(`f32x4.add(${a.text}, ${b.text})`);
  }
  sub(a: Code, b: Code): Code {
    if (b.number === 0) return a;
    return this.fold(a, b, (x, y) => x - y) ?? this.name(`f32x4.sub(${a.text}, ${b.text})`);
  }
  mul(a: Code, b: Code): Code {
    if (a.number === 0 || b.number === 1) return a;
    if (b.number === 0 || a.number === 1) return b;
    return this.fold(a, b, (x, y) => x * y) ?? this.name(`f32x4.mul(${a.text}, ${b.text})`);
  }
  cos(a: Code): Code {
    return a.number === undefined ? this.name(`cos(${a.text})`) : this.constant(Math.cos(a.number));
  }
  sin(a: Code): Code {
    return a.number === undefined ? this.name(`sin(${a.text})`) : this.constant(Math.sin(a.number));
  }
  acos(a: Code): Code {
    return this.name(`acos(${a.text})`);
  }
  acosSlope(a: Code): Code {
    return this.name(`acosSlope(${a.text}, ${DERIVATIVE_FLOOR})`);
  }
  clamp(a: Code, low: number, high: number): Code {
    return this.name(`clamp(${a.text}, ${this.constant(low).text}, ${this.constant(high).text})`);
  }
  where(a: Code, greaterThan: Code, yes: Code, no: Code): Code {
    if (yes.text === no.text) return yes;
    return this.name(`select(${a.text}, ${greaterThan.text}, ${yes.text}, ${no.text})`);
  }

  private fold(a: Code, b: Code, op: (x: number, y: number) => number): Code | undefined {
    if (a.number === undefined || b.number === undefined) return undefined;
    return this.constant(op(a.number, b.number));
  }

  private name(expression: string): Code {
    let name = this.names.get(expression);
    if (name === undefined) {
      name = `v${this.names.size}`;
      this.names.set(expression, name);
      this.statements.push(`const ${name} = ${expression};`);
    }
    return { text: name };
  }
}

/** A head's per-entry function as source: statements, then the value and its derivative by the cosine. */
interface EntryCode {
  /** Numbers of the row parameters that are read. */
  readonly rows: readonly number[];
  readonly statements: readonly string[];
  readonly value: Code;
  readonly derivative: Code;
}

/** What the writer needs of a head. */
export type EntryHead = Pick<MarginHead, 'name' | 'rowNames' | 'entry'>;

function writeEntry(head: EntryHead): EntryCode {
  const writer = new Writer();
  const algebra = dualAlgebra<Code>(writer);
  const zero = writer.constant(0);
  const row = Object.fromEntries(
    head.rowNames.map((name, i) => [name, { value: { text: `row${i}` }, derivative: zero }]),
  );
  const { value, derivative } = head.entry(
    algebra,
    { value: { text: 'c' }, derivative: writer.constant(1) },
    row,
  );
  const text = [...writer.statements, value.text, derivative.text].join(' ');
  const rows = head.rowNames.map((_, i) => i).filter((i) => new RegExp(`\\brow${i}\\b`).test(text));
  return { rows, statements: writer.statements, value, derivative };
}

/**
 * AssemblyScript source of `entryForward` and `entryLargest`, which call the function of the head with the given
 * number, its place in `heads`.
 *
 * A kernel is compiled once for all configurations: whatever an entry function reads of its configuration must reach
 * it as a row's parameter. `variants` are the same heads configured differently; a difference in code is an error.
 */
export function entriesSource(heads: readonly EntryHead[], variants: readonly EntryHead[] = []): string {
  const codes = heads.map(writeEntry);
  variants.forEach((variant, i) => {
    if (JSON.stringify(writeEntry(variant)) !== JSON.stringify(codes[i]))
      throw internalError(
        `the entry function of ${variant.name} depends on its configuration; pass it through \`rows\``,
      );
  });
  const bodies = codes.map((code) => ({ forward: forwardBody(code), largest: largestBody(code) }));
  const dispatch = (kind: 'forward' | 'largest') =>
    heads.map((head, i) => {
      const same = bodies.findIndex((body) => body[kind] === bodies[i]![kind]); // equal functions exist once
      return `  if (head == ${i}) return ${kind}${same}(${parameters(kind, false)}); // ${head.name}`;
    });
  const functions = (kind: 'forward' | 'largest') =>
    bodies.map((body, i) =>
      bodies.findIndex((other) => other[kind] === body[kind]) === i
        ? `/** ${heads[i]!.name} */\nexport function ${kind}${i}(${parameters(kind, true)}): void {\n${body[kind]}\n}\n`
        : '',
    );
  return [
    '// Generated from src/heads by scripts/build-kernels.mjs.',
    "import { acos, acosSlope, clamp, cos, exp, select, sin } from './simd';",
    "import { batch, rowParameters, scale, shifts } from './layout';",
    '',
    '/** Exponentials times d entry / d cosine; adds the exponentials to `sums`. NaN marks a place to leave out. */',
    `export function entryForward(head: u32, ${parameters('forward', true)}): void {`,
    ...dispatch('forward'),
    '}',
    '',
    '/** Largest scaled entry of each row. */',
    `export function entryLargest(head: u32, ${parameters('largest', true)}): void {`,
    ...dispatch('largest'),
    '}',
    '',
    ...functions('forward'),
    ...functions('largest'),
  ].join('\n');
}

function parameters(kind: 'forward' | 'largest', typed: boolean): string {
  const names = kind === 'forward' ? ['from', 'to', 'sums', 'count'] : ['from', 'sums', 'count'];
  return names.map((name) => (typed ? `${name}: usize` : name)).join(', ');
}

/** Loop over four rows at a time and the tile's classes; `inner` computes from `c`, the clamped cosine. */
function loop(code: EntryCode, start: string, inner: readonly string[]): string {
  const rows = code.rows.map((i) => `    const row${i} = v128.load(rowParameters + ${i} * step + j);`);
  return [
    '  const step = batch * 4, factor = f32x4.splat(scale), one = f32x4.splat(1), minus = f32x4.splat(-1);',
    '  for (let j: usize = 0; j < step; j += 16) {',
    ...rows,
    `    ${start}`,
    '    for (let at = j, end = j + count * step; at < end; at += step) {',
    '      const raw = v128.load(from + at), c = clamp(raw, minus, one);',
    ...[...code.statements, `const logit = f32x4.mul(factor, ${code.value.text});`, ...inner].map(
      (line) => `      ${line}`,
    ),
    '    }',
    '    v128.store(sums + j, total);',
    '  }',
  ].join('\n');
}

function forwardBody(code: EntryCode): string {
  const { derivative } = code;
  const slope = derivative.number === 1 ? 'e' : `f32x4.mul(e, ${derivative.text})`;
  return loop(code, 'const shift = v128.load(shifts + j); let tile = f32x4.splat(0);', [
    'const e = v128.and(exp(f32x4.sub(logit, shift)), f32x4.eq(raw, raw));',
    'tile = f32x4.add(tile, e);',
    `v128.store(to + at, ${slope});`,
  ]).replace('store(sums + j, total)', 'store(sums + j, f32x4.add(v128.load(sums + j), tile))');
}

function largestBody(code: EntryCode): string {
  // pmax(a, b) = a < b ? b : a keeps the running maximum where the new value is NaN.
  return loop(code, 'let total = v128.load(sums + j);', ['total = f32x4.pmax(total, logit);']);
}

/** Source for the published heads, in the order of HEAD_NAMES. */
export function publishedEntriesSource(): string {
  const configured = (config: Omit<HeadConfig, 'name'>) =>
    HEAD_NAMES.map((name) => createHead({ ...config, name }, 4, Int32Array.of(1, 2, 3, 4)));
  return entriesSource(
    configured({ k: 1, s: 30, dynamic_s: true, m: 0.5, m_max: 0.5, m_min: 0.2, h: 0.333, t_alpha: 1 }),
    configured({ k: 2, s: 64, dynamic_s: false, m: 0.3, m_max: 0.4, m_min: 0.1, h: 0.2, t_alpha: 0.5 }),
  );
}
