import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** As a process sees it that was started with these devices visible. */
async function startedWith(visible: string | undefined) {
  vi.stubEnv('CUDA_VISIBLE_DEVICES', visible);
  vi.resetModules();
  return await import('./cuda.ts');
}
beforeEach(() => vi.stubEnv('CUDA_DEVICE_ORDER', undefined));
afterEach(() => vi.unstubAllEnvs());

describe('useCudaDevice', () => {
  it('shows one device, counted as nvidia-smi counts', async () => {
    const { useCudaDevice } = await startedWith(undefined);
    useCudaDevice(2);
    expect(process.env.CUDA_VISIBLE_DEVICES).toBe('2');
    expect(process.env.CUDA_DEVICE_ORDER).toBe('PCI_BUS_ID');
  });

  it('counts within what the user made visible, however often it is asked', async () => {
    const { useCudaDevice } = await startedWith('4, GPU-8932f937');
    for (let i = 0; i < 2; i++) {
      useCudaDevice(1);
      expect(process.env.CUDA_VISIBLE_DEVICES).toBe('GPU-8932f937');
    }
  });

  it('takes no device that the user did not make visible', async () => {
    const { useCudaDevice } = await startedWith('4,5');
    expect(() => useCudaDevice(2)).toThrow(/CUDA_VISIBLE_DEVICES=4,5 leaves no device number 2/);
    expect(process.env.CUDA_VISIBLE_DEVICES).toBe('4,5');
    const { useCudaDevice: none } = await startedWith('');
    expect(() => none(0)).toThrow(/leaves no device number 0/);
  });
});
