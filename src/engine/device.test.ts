import { describe, expect, it } from 'vitest';
import { MdfeError } from '../common/errors.ts';
import { DEVICES, parseDevice } from './device.ts';
import { enginesFor } from './table.ts';

describe('parseDevice', () => {
  it('tries everything for auto, without software adapters', () => {
    expect(parseDevice('auto', 'probe')).toEqual({
      candidates: enginesFor('probe'),
      providers: ['cuda', 'dml', 'webgpu', 'cpu'],
      options: {},
    });
  });

  it('leaves GPUs out for cpu', () => {
    expect(parseDevice('cpu', 'finetune').candidates).toEqual(['tfjs-node', 'tfjs-wasm', 'tfjs-cpu']);
  });

  it('reads the index of a CUDA device', () => {
    expect(parseDevice('cuda:3', 'probe')).toMatchObject({
      candidates: ['tfjs-node-gpu'],
      providers: ['cuda'],
      cudaDevice: 3,
    });
    expect(parseDevice('tensorrt:1', 'probe')).toMatchObject({ providers: ['tensorrt'], cudaDevice: 1 });
    expect(parseDevice('cuda', 'probe').cudaDevice).toBeUndefined();
  });

  it('places the frozen part where the trained one is', () => {
    for (const [word, provider] of [
      ['CUDA', 'cuda'],
      ['webgpu', 'webgpu'],
      ['tfjs-webgpu', 'webgpu'],
      ['wasm', 'cpu'],
      ['kernels', 'cpu'],
      ['cpu', 'cpu'],
    ] as const)
      expect(parseDevice(word, 'probe').providers).toEqual([provider]);
  });

  it.each(['tensorrt', 'dml', 'coreml'])('takes %s for the frozen part alone', (word) => {
    expect(parseDevice(word, 'probe')).toEqual({
      candidates: enginesFor('probe'),
      providers: [word],
      options: {},
    });
    expect(() => parseDevice(word, 'finetune')).toThrow(/runs frozen backbones only/);
  });

  it('accepts every word that it offers, and the engines by name', () => {
    for (const word of [...DEVICES.filter((d) => d !== 'cuda:N'), ...enginesFor('probe')])
      expect(parseDevice(word, 'probe').candidates.length).toBeGreaterThan(0);
  });

  it('refuses anything else with the nearest word', () => {
    expect(() => parseDevice('wsam', 'probe')).toThrow(MdfeError);
    expect(() => parseDevice('wsam', 'probe')).toThrow(/did you mean wasm\?/);
    expect(() => parseDevice('cuda:x', 'probe')).toThrow(/no such device/);
    expect(() => parseDevice('gpu', 'probe')).toThrow(/did you mean cuda \(NVIDIA\) or webgpu/);
  });
});
