import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { chooseEngine } from './choose.ts';
import { EngineUnavailable } from './names.ts';
import { activate } from './tfjs.ts';

describe('chooseEngine', () => {
  it('starts what is asked for and says why the better ones were not used', async () => {
    const { name, report } = await chooseEngine({ device: 'wasm', forWhat: 'probe' });
    expect(name).toBe('tfjs-wasm');
    expect(tf.getBackend()).toBe('wasm');
    expect(report.device).toMatch(/1 thread$/);
    expect(report.rejected.map((r) => r.name)).toContain('tfjs-webgpu');
    expect(report.rejected.every((r) => r.reason.includes('--device wasm'))).toBe(true);
  });

  it('never replaces a device that is not there', async () => {
    await expect(chooseEngine({ device: 'cuda:99', forWhat: 'finetune' })).rejects.toMatchObject({
      code: 'engine/not-available',
      exitCode: 1,
    });
  });
});

describe('activate', () => {
  it('refuses a back end that is not registered instead of taking another one', async () => {
    await expect(activate('no-such-backend')).rejects.toThrow(EngineUnavailable);
  });
});
