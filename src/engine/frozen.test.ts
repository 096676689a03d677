import { expect, it } from 'vitest';
import { chooseFrozenEngine } from './frozen.ts';

it('computes in 8 bits on the CPU and says so', async () => {
  const { providers, report } = await chooseFrozenEngine({ device: 'cpu', precision: 'int8' });
  expect(providers).toEqual(['cpu']);
  expect(report.name).toBe('onnxruntime cpu, int8');
});

it('leaves GPUs out for 8 bits, with the reason', async () => {
  const { report } = await chooseFrozenEngine({ device: 'auto', precision: 'int8' });
  expect(report.name).toBe('onnxruntime cpu, int8');
  expect(report.rejected[0]?.reason).toMatch(/int8 computes on the CPU only/);
});

it('refuses a GPU that was asked for by name together with 8 bits', async () => {
  await expect(chooseFrozenEngine({ device: 'webgpu', precision: 'int8' })).rejects.toThrow(
    /int8 computes on the CPU only/,
  );
});

it.each(['gpu', 'cuda:x'])('refuses %s, which is no device, instead of taking the CPU', async (device) => {
  await expect(chooseFrozenEngine({ device })).rejects.toThrow(/there is no such device/);
});

// Not in any build for this platform.
it.skipIf(process.platform !== 'linux').each(['dml', 'coreml'])(
  'refuses %s where ONNX Runtime does not have it, instead of taking the CPU',
  async (device) => {
    await expect(chooseFrozenEngine({ device })).rejects.toThrow(/not in this build of ONNX Runtime/);
  },
);
