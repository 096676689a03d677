import { describe, expect, it } from 'vitest';
import { buildBackbone } from '../../models/build.ts';
import {
  activationBytes,
  checkWasmMemory,
  defaultMicroBatch,
  traceBytes,
  traceFits,
  trainingSegments,
} from './memory.ts';

const graphOf = (modelName: string, imageSize?: number) =>
  buildBackbone({ type: 'siglip', modelName, projLayer: false, imageSize });
const base = graphOf('vit_base_patch16_siglip_224');
const ADAM = 5; // numbers per parameter

describe('memory of fine-tuning', () => {
  it('grows faster than the number of patches, because attention compares all pairs', () => {
    const larger = graphOf('vit_base_patch16_siglip_224', 448);
    expect(activationBytes(larger) / activationBytes(base)).toBeGreaterThan(4.2);
  });

  it('counts the largest segment only: half a block of a ViT-B/16 at 224 pixels, and what lies between', () => {
    expect(trainingSegments(base).length).toBeGreaterThan(20);
    expect(activationBytes(base)).toBeLessThan(0.1e9);
    expect(traceBytes(base)).toBeLessThan(0.02e9);
    expect(traceFits(base, 32, 'wasm')).toBe(true);
    expect(traceFits(base, 32_000, 'wasm')).toBe(false);
  });

  it('chooses micro-batches that fit, and on a CPU not more than help', () => {
    const small = graphOf('vit_base_patch16_siglip_224', 32);
    expect(defaultMicroBatch(small, 'wasm', false)).toBe(8);
    expect(defaultMicroBatch(small, 'webgpu', true)).toBeGreaterThan(8);
    expect(defaultMicroBatch(graphOf('vit_so400m_patch14_siglip_384'), 'wasm', false)).toBe(1);
  });

  it('refuses what WebAssembly cannot address, with the figures', () => {
    expect(() => checkWasmMemory(base, ADAM, 4, 1e9)).not.toThrow();
    expect(() => checkWasmMemory(graphOf('vit_so400m_patch14_siglip_384'), ADAM, 1, 0)).toThrow(
      /parameters 5 times[\s\S]*--device webgpu/,
    );
  });
});
