import { describe, expect, it } from 'vitest';
import { MdfeError } from '../common/errors.ts';
import { DEVICES, parseDevice } from './device.ts';
import { enginesFor } from './table.ts';

describe('parseDevice', () => {
  it('tries everything for auto, without software adapters', () => {
    expect(parseDevice('auto', 'probe')).toEqual({ candidates: enginesFor('probe'), options: {} });
  });

  it('leaves GPUs out for cpu', () => {
    expect(parseDevice('cpu', 'finetune').candidates).toEqual(['tfjs-node', 'tfjs-wasm', 'tfjs-cpu']);
  });

  it('reads the index of a CUDA device', () => {
    expect(parseDevice('cuda:3', 'probe')).toEqual({
      candidates: ['tfjs-node-gpu'],
      options: { cudaDevice: 3 },
    });
    expect(parseDevice('cuda', 'probe').options.cudaDevice).toBeUndefined();
  });

  it('accepts every word that it offers, and the engines by name', () => {
    for (const word of [...DEVICES.filter((d) => d !== 'cuda:N'), ...enginesFor('probe')])
      expect(parseDevice(word, 'probe').candidates.length).toBeGreaterThan(0);
  });

  it('refuses anything else with the nearest word', () => {
    expect(() => parseDevice('wsam', 'probe')).toThrow(MdfeError);
    expect(() => parseDevice('wsam', 'probe')).toThrow(/did you mean wasm\?/);
    expect(() => parseDevice('cuda:x', 'probe')).toThrow(/no such device/);
  });
});
