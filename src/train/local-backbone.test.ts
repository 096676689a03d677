import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildModel } from '../models/build.ts';
import { aboutLocalModel, localModelOf } from './local-backbone.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mdfe-local-'));
});
afterEach(() => rm(dir, { recursive: true }));

const write = (config: unknown) => writeFile(join(dir, 'config.json'), JSON.stringify(config));

it('refuses a folder whose architecture is of another type', async () => {
  await write({ architecture: 'vit_small_patch14_dinov2' });
  expect((await localModelOf(dir, 'dinov2')).type).toBe('dinov2');
  await expect(localModelOf(dir, 'siglip')).rejects.toThrow(
    /MODEL.BACKBONE.type: .*\n.*dinov2\n.*siglip\n.*set/,
  );
});

it('names the file in which an argument stands that the architecture has not', async () => {
  await write({ architecture: 'vit_small_patch14_dinov2', model_args: { dept: 2 } });
  const model = await localModelOf(dir, 'dinov2');
  const build = () => buildModel(model, { projection: false, imageSize: 56 });
  expect(() => aboutLocalModel(dir, build)).toThrow(`${join(dir, 'config.json')}: this architecture has no`);
});
