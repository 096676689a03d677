import { describe, expect, it } from 'vitest';
import { Rng } from '../common/rng.ts';
import { createHead } from './create.ts';
import { dualNumbers } from './dual.ts';
import { classMargins } from './dynm-arcface.ts';
import { type BatchFacts, HEAD_NAMES, type HeadConfig, type HeadName } from './head.ts';
import { referenceHead } from './reference.ts';
import { targetRows } from './rows.ts';

const config = (name: HeadName, more: Partial<HeadConfig> = {}): HeadConfig => ({
  name,
  k: 1,
  s: 30,
  dynamic_s: true,
  m: 0.5,
  m_max: 0.5,
  m_min: 0.2,
  h: 0.333,
  t_alpha: 1,
  ...more,
});
const counts = (...n: number[]) => Int32Array.from(n);
const head = (name: HeadName, more: Partial<HeadConfig> = {}) =>
  createHead(config(name, more), 4, counts(3, 9, 20, 100));

/** Facts of a batch with these target cosines, all of class 1. */
function facts(...cosines: number[]): BatchFacts {
  return {
    targetCosine: Float32Array.from(cosines),
    norms: Float32Array.from(cosines, (_, i) => 10 + i),
    labels: new Int32Array(cosines.length).fill(1),
    logMeanPartition: 3,
  };
}
const cosines = [-1, -0.9999, -0.95, -0.6, -0.3, 0, 0.2, 0.5, 0.77, 0.97, 0.9999, 1];

describe.each(HEAD_NAMES)('%s', (name) => {
  it('has the derivative of its own formulas', () => {
    const h = head(name);
    const inner = cosines.slice(1, -1);
    const parameters = h.prepare(facts(...inner), h.initialState());
    const step = 1e-7;
    inner.forEach((c, i) => {
      const row = Object.fromEntries(
        h.rowNames.map((r) => [r, dualNumbers.constant(parameters.rows[r]![i]!)]),
      );
      for (const formula of ['target', 'entry'] as const) {
        const at = (x: number) => h[formula](dualNumbers, { value: x, derivative: 1 }, row);
        const difference = (at(c + step).value - at(c - step).value) / (2 * step);
        expect(at(c).derivative, `${formula} at ${c}`).toBeCloseTo(difference, 3);
      }
    });
  });

  it('is finite and within its bound at every cosine, +-1 included', () => {
    const h = head(name);
    const parameters = h.prepare(facts(...cosines), h.initialState());
    const bound = h.bound(parameters) * (1 + 1e-6);
    const target = targetRows(h, parameters, Float32Array.from(cosines));
    cosines.forEach((c, i) => {
      const row = Object.fromEntries(
        h.rowNames.map((r) => [r, dualNumbers.constant(parameters.rows[r]![i]!)]),
      );
      const entry = h.entry(dualNumbers, { value: c, derivative: 1 }, row);
      expect(Math.abs(target.logit[i]!)).toBeLessThanOrEqual(bound);
      expect(Math.abs(parameters.scale * entry.value)).toBeLessThanOrEqual(bound);
      expect(Number.isFinite(target.slope[i]!) && Number.isFinite(entry.derivative)).toBe(true);
    });
  });

  it('keeps a state that float32 holds exactly', () => {
    const h = head(name);
    const { state } = h.prepare(facts(0.1, 0.7, 0.3), h.initialState());
    for (const value of Object.values(state)) expect(Math.fround(value)).toBe(value);
  });

  it('stays finite on a batch of one', () => {
    const h = head(name);
    const { scale, rows, state } = h.prepare(facts(0.3), h.initialState());
    const numbers = [scale, ...Object.values(rows).flatMap((r) => [...r]), ...Object.values(state)];
    expect(numbers.every(Number.isFinite)).toBe(true);
  });
});

describe('createHead', () => {
  it('gives sub-centres to ArcFace and DynM-ArcFace only', () => {
    for (const k of [1, 2, 3, 7]) {
      expect(head('ArcFace', { k }).k).toBe(k);
      expect(head('DynM-ArcFace', { k }).k).toBe(k);
      expect(head('CurricularFace', { k }).k).toBe(1);
    }
  });

  it('refuses impossible configurations with what to do', () => {
    expect(() => head('ArcFace', { k: 0 })).toThrow(/MODEL.HEAD.k/);
    expect(() => head('ArcFace', { k: 1.5 })).toThrow(/MODEL.HEAD.k/);
    expect(() => createHead(config('AdaCos'), 2, counts(3, 3))).toThrow(/at least 3 classes/);
    expect(() => createHead(config('DynM-ArcFace'), 3, counts(3, 3))).toThrow(/cls_dist_file/);
  });
});

describe('classMargins', () => {
  it('falls from m_max for the rarest class to m_min for the largest, by label', () => {
    const margins = classMargins(counts(100, 3, 50), 0.2, 0.5);
    expect(margins[0]).toBeCloseTo(0.2, 12);
    expect(margins[1]).toBeCloseTo(0.5, 12);
    expect(margins[2]).toBeCloseTo(0.35 + 0.15 * Math.cos((Math.PI * 47) / 97), 12);
  });

  it('is m_max where all classes are of one size', () => {
    expect([...classMargins(counts(7, 7, 7), 0.2, 0.5)]).toEqual([0.5, 0.5, 0.5]);
  });
});

describe('AdaCos', () => {
  it('takes the smaller middle angle of an even batch', () => {
    const h = head('AdaCos');
    // Angles 0.1, 0.2, 0.3, 0.4: PyTorch's median is 0.2.
    const { scale } = h.prepare(facts(...[0.4, 0.1, 0.3, 0.2].map(Math.cos)), h.initialState());
    expect(scale).toBeCloseTo(3 / Math.cos(0.2), 5);
  });

  it('caps the median at pi/4 and stays fixed without dynamic_s', () => {
    const start = Math.SQRT2 * Math.log(3);
    expect(head('AdaCos').prepare(facts(0.1, 0.1), {}).scale).toBeCloseTo(3 * Math.SQRT2, 5);
    expect(head('AdaCos', { dynamic_s: false }).prepare(facts(0.1), {}).scale).toBeCloseTo(start, 6);
  });
});

describe('AdaFace', () => {
  it('keeps the moving deviation on a batch of one, which has none of its own', () => {
    const h = head('AdaFace', { t_alpha: 0.5 });
    const { state } = h.prepare(facts(0.3), h.initialState());
    expect(state).toEqual({ batch_mean: 15, batch_std: 100, t: 0 });
  });

  it('moves its statistics by t_alpha', () => {
    const h = head('AdaFace', { t_alpha: 0.25 });
    const { state } = h.prepare(facts(0, 0, 0), h.initialState()); // norms 10, 11, 12
    expect(state.batch_mean).toBeCloseTo(0.25 * 11 + 0.75 * 20, 5);
    expect(state.batch_std).toBeCloseTo(0.25 * 1 + 0.75 * 100, 5);
  });
});

describe('CurricularFace', () => {
  it('updates t before it is used', () => {
    const h = head('CurricularFace');
    const { state, rows } = h.prepare(facts(0.4, 0.8), { t: 0.5 });
    expect(state.t).toBeCloseTo(0.01 * 0.6 + 0.99 * 0.5, 6);
    expect(rows.t![0]).toBe(state.t);
  });
});

describe('referenceHead', () => {
  const classes = 5;
  const dim = 6;
  const random = (n: number, rng: Rng) => Float64Array.from({ length: n }, () => rng.normal());

  it.each([1, 2, 5])('has the gradient of its loss for k = %i', (k) => {
    const rng = new Rng(3, k);
    const h = createHead(config('ArcFace', { k, s: 8 }), classes, new Int32Array(classes));
    const batch = {
      features: random(4 * dim, rng),
      weight: random(classes * k * dim, rng),
      labels: Int32Array.of(0, 4, 2, 2),
      dim,
      classes,
    };
    const { dFeatures, dWeight } = referenceHead(h, batch, {});
    const step = 1e-3; // the target cosine is a float32: smaller steps drown in its rounding
    for (const [key, gradient] of [
      ['features', dFeatures],
      ['weight', dWeight],
    ] as const)
      for (let i = 0; i < gradient.length; i++) {
        const moved = (by: number) => {
          const values = Float64Array.from(batch[key]);
          values[i]! += by;
          return referenceHead(h, { ...batch, [key]: values }, {}).loss;
        };
        expect(gradient[i], `${key} ${i}`).toBeCloseTo((moved(step) - moved(-step)) / (2 * step), 3);
      }
  });

  it.each(HEAD_NAMES)('is finite at cosines of exactly +-1 and at zero vectors: %s', (name) => {
    const one = [1, 0, 0, 0, 0, 0];
    const h = createHead(config(name), classes, counts(1, 2, 3, 4, 5));
    const result = referenceHead(
      h,
      {
        features: [...one, ...one.map((v) => -v), ...one.map(() => 0)],
        weight: [...one, ...one.map((v) => -v), 0, 1, 0, 0, 0, 0, ...one.map(() => 0), 0, 0, 1, 0, 0, 0],
        labels: Int32Array.of(0, 0, 3),
        dim,
        classes,
      },
      h.initialState(),
    );
    const numbers = [result.loss, ...result.logits, ...result.dFeatures, ...result.dWeight];
    expect(numbers.every(Number.isFinite)).toBe(true);
  });
});
