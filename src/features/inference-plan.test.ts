import { describe, expect, it } from 'vitest';
import { planInference } from './inference-plan.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const base = { valueBytes: 5 * MIB, portableValueBytes: 7 * MIB, weightBytes: 354 * MIB, mapped: true };
const so400m = { valueBytes: 30 * MIB, portableValueBytes: 90 * MIB, weightBytes: 1.6 * GIB, mapped: true };
const cpu = (threads: number) => ({ providers: ['cpu'], threads });

describe('planInference', () => {
  it('gives each thread a session of its own on a CPU', () => {
    expect(planInference(cpu(4), base, 'fp32', undefined, 16 * GIB)).toEqual({
      sessions: 4,
      threads: 1,
      batchSize: 3,
      prepack: true,
      portable: false,
      compiled: false,
    });
  });

  it('packs the weights of a large ViT only where a third of the memory holds a copy for each thread', () => {
    const large = { ...base, valueBytes: 9 * MIB, weightBytes: 1.13 * GIB };
    expect(planInference(cpu(2), large, 'fp32', undefined, 16 * GIB)).toMatchObject({
      sessions: 2,
      prepack: true,
    });
    expect(planInference(cpu(8), large, 'fp32', undefined, 16 * GIB)).toMatchObject({
      sessions: 8,
      prepack: false,
    });
  });

  it('reads larger weights where they lie, from all sessions', () => {
    expect(planInference(cpu(16), so400m, 'fp32', undefined, 16 * GIB)).toEqual({
      sessions: 16,
      threads: 1,
      batchSize: 1,
      prepack: false,
      portable: false,
      compiled: false,
    });
  });

  it('packs no copies that memory cannot hold', () => {
    expect(planInference(cpu(16), base, 'fp32', undefined, 8 * GIB)).toMatchObject({
      sessions: 16,
      prepack: false,
    });
  });

  it('has fewer sessions of more threads where weights have to be converted or images are huge', () => {
    const halves = { ...base, weightBytes: 1.13 * GIB, mapped: false };
    expect(planInference(cpu(8), halves, 'fp32', undefined, 16 * GIB)).toMatchObject({
      sessions: 4,
      threads: 2,
    });
    const huge = { ...base, valueBytes: 2 * GIB };
    expect(planInference(cpu(8), huge, 'fp32', undefined, 16 * GIB)).toMatchObject({
      sessions: 2,
      threads: 4,
      batchSize: 1,
    });
    expect(planInference(cpu(8), halves, 'fp32', undefined, GIB)).toMatchObject({ sessions: 1, threads: 8 });
  });

  it('holds large weights that have to be converted in one session', () => {
    const halves = { ...so400m, mapped: false };
    const once = { sessions: 1, threads: 8, prepack: true };
    expect(planInference(cpu(8), halves, 'fp32', undefined, 64 * GIB)).toMatchObject(once);
    expect(planInference(cpu(8), so400m, 'fp16', undefined, 64 * GIB)).toMatchObject(once);
  });

  it('does not let the number of threads decide the batch', () => {
    const sizes = [1, 2, 16].map((n) => planInference(cpu(n), base, 'fp32', undefined, 16 * GIB).batchSize);
    expect(sizes).toEqual([3, 3, 3]);
  });

  it('rounds to 8 bits image by image', () => {
    expect(planInference(cpu(4), base, 'int8', 8, 16 * GIB)).toEqual({
      sessions: 4,
      threads: 1,
      batchSize: 1,
      prepack: false,
      portable: false,
      compiled: false,
    });
  });

  it('runs one session with large batches elsewhere', () => {
    expect(planInference({ providers: ['cuda'] }, base, 'fp32')).toEqual({
      sessions: 1,
      threads: undefined,
      batchSize: 32,
      prepack: false,
      portable: false,
      compiled: false,
    });
  });

  it('takes fewer images at a time where each needs gigabytes of a GPU', () => {
    const sam = { ...base, valueBytes: 1.5 * GIB };
    expect(planInference({ providers: ['cuda'] }, sam, 'fp32').batchSize).toBe(1);
    expect(planInference({ providers: ['webgpu'] }, so400m, 'fp32').batchSize).toBe(22);
  });

  it('uses fused operators only where they are right', () => {
    const portable = (...providers: string[]) => planInference({ providers }, base, 'fp32').portable;
    expect([portable('cpu'), portable('cuda')]).toEqual([false, false]);
    for (const provider of ['webgpu', 'dml', 'coreml', 'tensorrt']) expect(portable(provider)).toBe(true);
  });

  it('gives whole batches to what compiles the network', () => {
    const compiled = (...providers: string[]) => planInference({ providers }, base, 'fp32').compiled;
    expect([compiled('tensorrt', 'cuda'), compiled('coreml')]).toEqual([true, true]);
    expect([compiled('webgpu'), compiled('cuda'), compiled('cpu')]).toEqual([false, false, false]);
  });
});
