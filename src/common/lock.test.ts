import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { lockFile } from './lock.ts';
import { processStart } from './process.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mdfe-lock-'));
  path = join(folder, 'x.lock');
});
afterEach(() => rm(folder, { recursive: true }));
const never = () => {
  throw new Error('waited');
};

describe('lockFile', () => {
  it('lets one holder at a time through and leaves nothing behind', async () => {
    let inside = 0;
    let waited = 0;
    const work = async () => {
      const release = await lockFile(path, () => waited++);
      expect(++inside).toBe(1);
      await vi.waitUntil(() => waited === 2, { timeout: 50_000 });
      inside--;
      await release();
    };
    await Promise.all([work(), work(), work()]);
    expect(waited).toBe(2);
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes over the lock of a process that is gone, even if several want it', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const holder = { pid: child.pid!, start: processStart(child.pid!) ?? '', host: hostname() };
    child.kill('SIGKILL');
    await once(child, 'exit');
    let inside = 0;
    const work = async () => {
      const release = await lockFile(path, () => undefined);
      expect(++inside).toBe(1);
      await new Promise(setImmediate);
      inside--;
      await release();
    };
    for (let round = 0; round < 4; round++) {
      await writeFile(path, JSON.stringify(holder));
      // One that died while it was taking over must not stop the others either.
      if (round % 2) await writeFile(`${path}.takeover`, JSON.stringify(holder));
      await Promise.all(Array.from({ length: 3 }, work));
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it('releases only its own lock', async () => {
    const release = await lockFile(path, never);
    const other = JSON.stringify({ pid: 1, start: '', host: 'elsewhere' });
    await writeFile(path, other);
    await release();
    expect(await readFile(path, 'utf8')).toBe(other);
  });

  it('judges the lock of another machine, and a half-written one, by its age', async () => {
    for (const content of [JSON.stringify({ pid: 1, start: '', host: 'elsewhere' }), '{"pid"']) {
      await writeFile(path, content);
      const waits: string[] = [];
      const stop = new AbortController();
      const onWait = (holder: string) => {
        waits.push(holder);
        stop.abort(new Error('enough'));
      };
      await expect(lockFile(path, onWait, stop.signal)).rejects.toThrow();
      expect(waits).toHaveLength(1);
      const old = new Date(Date.now() - 600_000);
      await utimes(path, old, old);
      await (await lockFile(path, never))();
    }
  });
});
