import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkpointKind } from './checkpoint-kind.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mdfe-kind-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('checkpointKind', () => {
  it.each([
    ['a.safetensors', '\x40\0\0\0\0\0\0\0{"a": 1}', 'safetensors'],
    // A header of 640 bytes: its length begins like a pickle.
    ['a.bin', '\x80\x02\0\0\0\0\0\0{"a": 1}', 'safetensors'],
    ['a.safetensors', 'PK\x03\x04\0\0\x08\x08\0\0', 'torch'],
    ['a.weights', '\x80\x02\x8a\x0a\x6c\xfc', 'torch'],
    ['a.pth', 'tar archive', 'torch'],
    ['m.safetensors.index.json', '{"weight_map": {}}', 'sharded'],
    ['empty.safetensors', '', 'safetensors'],
  ] as const)('tells %s that begins with %j', async (name, content, kind) => {
    const path = join(folder, name);
    await writeFile(path, content, 'latin1');
    expect(await checkpointKind(path)).toBe(kind);
  });
});
