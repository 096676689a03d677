import { expect, it, vi } from 'vitest';
import { chooseFrozenEngine, frozenEngines } from './frozen.ts';

// As on macOS with an Intel processor.
vi.mock('onnxruntime-node', () => {
  throw new Error("Cannot find module '../bin/napi-v6/darwin/x64/onnxruntime_binding.node'");
});

it('is an error where ONNX Runtime has no library for the platform', async () => {
  await expect(chooseFrozenEngine({ device: 'auto' })).rejects.toMatchObject({
    code: 'onnx/not-here',
    details: { expected: expect.stringContaining('macOS on arm64') },
  });
});

it('is a row of doctor, not its end', async () => {
  expect(await frozenEngines()).toEqual([
    expect.objectContaining({ provider: 'cpu', available: false, todo: expect.any(String) }),
  ]);
});
