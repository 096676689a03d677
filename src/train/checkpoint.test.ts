import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/fixtures/temporary-folder.ts';
import { writeSafetensors } from '../formats/safetensors.ts';
import {
  forgetResumeState,
  readCheckpoint,
  readWeights,
  removeCheckpoint,
  writeCheckpoint,
} from './checkpoint.ts';
import type { Tensor } from './probe/engine.ts';

const tensor = (...values: number[]): Tensor => ({ shape: [values.length], data: Float32Array.from(values) });
const state = new Map([
  ['neck.neck.1.bias', tensor(1, 2.5)],
  ['head.weight', tensor(-3)],
  ['optimizer.exp_avg.head.weight', tensor(1e-20)],
  ['optimizer.step', tensor(7)],
]);
const position = { step: 7, epoch: 2, fingerprint: [{ what: 'SEED', value: '1' }] };

const newRun = () => {
  const dir = temporaryFolder();
  mkdirSync(join(dir, 'checkpoints'));
  return dir;
};

test('comes back to the bit, with its position', async () => {
  const dir = newRun();
  const file = await writeCheckpoint(dir, 'm_epoch2', state, position);
  expect(file).toBe(join('checkpoints', 'm_epoch2.safetensors'));
  const read = await readCheckpoint(dir, file);
  expect(read.position).toEqual(position);
  expect(new Map([...read.state].map(([name, t]) => [name, [...t.data]]))).toEqual(
    new Map([...state].map(([name, t]) => [name, [...t.data]])),
  );
});

test('its weights file holds no optimizer state', async () => {
  const dir = newRun();
  const weights = await readWeights(join(dir, await writeCheckpoint(dir, 'm', state, position)));
  expect([...weights.keys()].sort()).toEqual(['head.weight', 'neck.neck.1.bias']);
});

test('an older one keeps its weights only, and cannot be resumed from', async () => {
  const dir = newRun();
  const file = await writeCheckpoint(dir, 'm', state, position);
  await forgetResumeState(dir, file);
  expect(existsSync(join(dir, file))).toBe(true);
  await expect(readCheckpoint(dir, file)).rejects.toThrow(/m\.resume\.safetensors[\s\S]*--init-from/);
  await removeCheckpoint(dir, file);
  expect(existsSync(join(dir, file))).toBe(false);
});

test('a checkpoint of another version says so', async () => {
  const dir = newRun();
  const file = await writeCheckpoint(dir, 'm', state, position);
  const older = { step: '7', epoch: '2', fingerprint: '5f0c' };
  for (const name of [file, file.replace('.safetensors', '.resume.safetensors')])
    await writeSafetensors(join(dir, name), [], older);
  await expect(readCheckpoint(dir, file)).rejects.toThrow(/step 7 as another version of MDFE notes it/);
});

test('moments of another step are refused', async () => {
  const dir = newRun();
  const file = await writeCheckpoint(dir, 'm', state, position);
  const metadata = { step: '8', epoch: '2', fingerprint: '[]' };
  await writeSafetensors(
    join(dir, 'checkpoints', 'm.resume.safetensors'),
    [['optimizer.step', tensor(8)]],
    metadata,
  );
  await expect(readCheckpoint(dir, file)).rejects.toThrow(/--init-from/);
});

test('a file without neck and head is no start', async () => {
  const path = join(newRun(), 'other.safetensors');
  await writeSafetensors(path, [['blocks.0.weight', tensor(1)]]);
  await expect(readWeights(path)).rejects.toThrow(/no neck or head in this file/);
});
