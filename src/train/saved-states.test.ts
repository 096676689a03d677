import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { newRecord } from '../../test/fixtures/new-record.ts';
import { RunFolder } from '../run/folder.ts';
import { type Progress, readCheckpoint, removeLeftovers } from './checkpoint.ts';
import type { ProbeEngine } from './probe/engine.ts';
import { SavedStates } from './saved-states.ts';

// Files that are still written before the process "dies".
let filesLeft = Number.POSITIVE_INFINITY;
vi.mock('../formats/safetensors.ts', async (original) => {
  const real = await original<typeof import('../formats/safetensors.ts')>();
  const writeSafetensors: typeof real.writeSafetensors = async (...args) => {
    if (filesLeft-- <= 0) throw new Error('killed');
    return real.writeSafetensors(...args);
  };
  return { ...real, writeSafetensors };
});

let root: string;
let folder: RunFolder;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mdfe-saved-'));
  filesLeft = Number.POSITIVE_INFINITY;
  folder = RunFolder.create(join(root, 'm'), newRecord(), { config: '', resolved: '' });
});
afterEach(() => {
  folder.close();
  vi.restoreAllMocks();
  rmSync(root, { recursive: true });
});

const at = (step: number): Progress => ({ step, epoch: step / 10 });
const files = () => readdirSync(join(folder.dir, 'checkpoints')).sort();

/** An engine whose weights are the number of the step. */
function saver() {
  let step = 0;
  const tensor = () => ({ shape: [1], data: Float32Array.of(step) });
  const exportState = async () =>
    new Map([
      ['head.weight', tensor()],
      ['optimizer.exp_avg.head.weight', tensor()],
    ]);
  const engine = { exportState } as unknown as ProbeEngine;
  const from = { step: 0, epoch: 0 };
  const states = new SavedStates({ folder, engine, name: 'm', from, fingerprint: async () => [] });
  let now = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  return async (to: number, label?: string) => {
    step = to;
    now += 100_000; // more than between two autosaves
    if (label) await states.save(label, at(to), 'schedule');
    else await states.autosaveWhenDue(at(to));
  };
}

/** What a resumed run would begin with. */
async function resumed() {
  const newest = folder.record.lastCheckpoint;
  await removeLeftovers(folder.dir, newest);
  const { state, position } = await readCheckpoint(folder.dir, newest!);
  expect([...state.values()].map(({ data }) => data[0])).toEqual([position.step, position.step]);
  return position.step;
}

test.each([0, 1])(
  'a run that is killed after %i files of an autosave goes on from the one before',
  async (n) => {
    const save = saver();
    await save(10);
    filesLeft = n;
    await expect(save(20)).rejects.toThrow('killed');
    expect(await resumed()).toBe(10);
    expect(files()).toEqual(['m_autosave10.resume.safetensors', 'm_autosave10.safetensors']);
  },
);

test('a newer one takes the place of an autosave; of one by schedule the weights stay', async () => {
  const save = saver();
  await save(10, 'm_epoch1');
  await save(20);
  await save(30);
  expect(files()).toEqual([
    'm_autosave30.resume.safetensors',
    'm_autosave30.safetensors',
    'm_epoch1.safetensors',
  ]);
  expect(await resumed()).toBe(30);
});

test('what a killed process left is removed, and nothing else', async () => {
  const save = saver();
  await save(10, 'm_epoch1');
  const kept = [...files(), 'm_best.safetensors', 'm_epoch0.safetensors'].sort();
  const left = [
    'm_autosave20.resume.safetensors',
    'm_autosave20.safetensors',
    'm_epoch0.resume.safetensors',
    'm_epoch2.safetensors.12-ab.partial',
  ];
  for (const name of new Set([...kept, ...left]))
    if (!files().includes(name)) writeFileSync(join(folder.dir, 'checkpoints', name), '');
  expect(await resumed()).toBe(10);
  expect(files()).toEqual(kept);
});

test('a run that was never finite is sent to the weights it began with, not to a checkpoint', async () => {
  const state = new Map([['head.weight', { shape: [1], data: Float32Array.of(Number.NaN) }]]);
  const engine = { exportState: async () => state } as unknown as ProbeEngine;
  const from = { step: 0, epoch: 0 };
  const states = new SavedStates({ folder, engine, name: 'm', from, fingerprint: async () => [] });
  await states.remember(from);
  const failure = states.refuse('the loss of step 1 is NaN');
  await expect(failure).rejects.toThrow(/look at the weights that training began with/);
  await expect(failure).rejects.not.toThrow(/undefined/);
});
