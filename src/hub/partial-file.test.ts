import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PartialFile } from './partial-file.ts';

let folder: string;
let blob: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mdfe-partial-'));
  blob = join(folder, 'blob');
});
afterEach(() => rm(folder, { recursive: true }));

describe('PartialFile', () => {
  it('hashes across interruptions and appears only when complete', async () => {
    const first = await PartialFile.open(blob, 4);
    await first.append(Uint8Array.of(1, 2));
    await first.keep();
    expect(await readdir(folder)).toEqual(['blob.incomplete']);
    const second = await PartialFile.open(blob, 4);
    expect(second.bytes).toBe(2);
    await second.append(Uint8Array.of(3, 4));
    expect(second.sha256()).toBe(
      createHash('sha256')
        .update(Uint8Array.of(1, 2, 3, 4))
        .digest('hex'),
    );
    await second.publish(blob);
    expect(await readdir(folder)).toEqual(['blob']);
    expect([...(await readFile(blob))]).toEqual([1, 2, 3, 4]);
  });

  it('refuses what the disk has no room for, before the download', async () => {
    const partial = await PartialFile.open(blob, 2 ** 60);
    await expect(partial.checkSpace()).rejects.toThrow(/too little space[\s\S]*HF_HOME/);
    await partial.discard();
    expect(await readdir(folder)).toEqual([]);
  });
});
