import { describe, expect, it } from 'vitest';
import { createHead } from '../src/heads/create.ts';
import type { HeadConfig, HeadName } from '../src/heads/head.ts';
import { referenceHead } from '../src/heads/reference.ts';
import { expectClose, goldenJson, goldenTensors } from './golden-tensors.ts';

interface HeadCase {
  readonly tag: string;
  readonly name: HeadName;
  readonly HEAD: HeadConfig;
  /** Classes, embedding size, batch size. */
  readonly C: number;
  readonly D: number;
  readonly B: number;
}

const TOLERANCE = 1e-4;
const cases = goldenJson<HeadCase[]>('heads', 'heads.json');

describe.each(cases)('head $tag: $name k=$HEAD.k', ({ tag, name, HEAD, C, D }) => {
  const config: HeadConfig = HEAD; void name;

  it('equals the golden logits, loss and gradients on the float64 reference', async () => {
    const golden = await goldenTensors('heads', `${tag}.safetensors`);
    const head = createHead(config, C, Int32Array.from(golden.get('class_counts')!.data));
    const weight = golden.get('weight')!.data;
    let state = head.initialState();
    let batches = 0;
    for (; golden.has(`x${batches}`); batches++) {
      const data = (key: string) => golden.get(`${key}${batches}`)!.data;
      const batch = { features: data('x'), weight, labels: Int32Array.from(data('y')), dim: D, classes: C };
      const result = referenceHead(head, batch, state);
      state = result.state;
      expectClose(`logits ${batches}`, result.logits, data('logits'), TOLERANCE);
      expectClose(`loss ${batches}`, [result.loss], data('loss'), TOLERANCE);
      expectClose(`dx ${batches}`, result.dFeatures, data('dx'), TOLERANCE);
      expectClose(`dw ${batches}`, result.dWeight, data('dw'), TOLERANCE);
    }
    expect(batches).toBeGreaterThan(0);
  });
});
