import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { newRecord } from '../../test/fixtures/new-record.ts';
import { RunFolder } from './folder.ts';
import { takeLock } from './folder-lock.ts';
import { runFile } from './paths.ts';
import { observeRun, readRunRecord } from './reader.ts';
import { requestStop } from './stop.ts';

// What another process does while this one asks whether the holder of a lock, or the process of a record, lives.
let meanwhile: (() => void) | undefined;
vi.mock('../common/process.ts', async (original) => {
  const real = await original<typeof import('../common/process.ts')>();
  const isAlive: typeof real.isAlive = (identity) => {
    const alive = real.isAlive(identity);
    const action = meanwhile;
    meanwhile = undefined;
    action?.();
    return alive;
  };
  return { ...real, isAlive };
});

const record = newRecord();
/** As another process would leave it. */
const dead = JSON.stringify({ pid: process.pid, start: 'before the last boot', host: hostname() });
const alive = JSON.stringify({ pid: process.ppid, start: '', host: hostname() });

let root: string;
let dir: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mdfe-races-'));
  dir = join(root, 'm1');
});
afterEach(() => {
  meanwhile = undefined;
  vi.restoreAllMocks();
  rmSync(root, { recursive: true });
});
const change = (to: object) =>
  writeFileSync(runFile(dir, 'record'), JSON.stringify({ ...readRunRecord(dir), ...to }));

describe('the lock of a folder', () => {
  test('that another process has taken over meanwhile is left to it', () => {
    const lock = join(root, 'run.lock');
    writeFileSync(lock, dead);
    meanwhile = () => writeFileSync(lock, alive);
    expect(() => takeLock(lock, root)).toThrow(`process ${process.ppid} on`);
    expect(readFileSync(lock, 'utf8')).toBe(alive);
    expect(readdirSync(root)).toEqual(['run.lock']);
  });

  test('that another process is taking over is left to it', () => {
    const lock = join(root, 'run.lock');
    writeFileSync(lock, dead);
    writeFileSync(`${lock}.takeover`, alive);
    expect(() => takeLock(lock, root)).toThrow(`process ${process.ppid} on`);
    expect(readFileSync(lock, 'utf8')).toBe(dead);
  });

  test('is taken over also from one that died while it took it over', () => {
    const lock = join(root, 'run.lock');
    for (const suffix of ['', '.takeover', '.takeover.takeover']) writeFileSync(lock + suffix, dead);
    takeLock(lock, root);
    expect(readdirSync(root)).toEqual(['run.lock']);
    expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({ pid: process.pid });
  });

  test('that is being written belongs to somebody', () => {
    const lock = join(root, 'run.lock');
    writeFileSync(lock, '');
    expect(() => takeLock(lock, root)).toThrow('a process that has just begun');
  });
});

describe('a run', () => {
  test('that is reopened keeps what its process did until the lock was free', () => {
    RunFolder.create(dir, record, { config: '', resolved: '' }).close();
    writeFileSync(runFile(dir, 'lock'), dead);
    const last = { lastCheckpoint: 'checkpoints/later.safetensors', step: 8 };
    meanwhile = () => change(last);
    const again = RunFolder.reopen(dir, { status: 'starting' });
    expect(again.record).toMatchObject(last);
    again.close();
  });

  test('that ends while it is looked at was not killed', () => {
    RunFolder.create(dir, record, { config: '', resolved: '' }).close();
    change({ processStart: 'before the last boot' });
    expect(observeRun(dir)?.status).toBe('killed');
    meanwhile = () => change({ status: 'done' });
    expect(observeRun(dir)).toMatchObject({ status: 'done', record: { status: 'done' } });
  });

  test('that ends while it is asked to stop is no error', () => {
    RunFolder.create(dir, record, { config: '', resolved: '' }).close();
    vi.spyOn(process, 'kill').mockImplementation((_pid, signal) => {
      if (signal === 'SIGTERM') throw Object.assign(new Error('gone'), { code: 'ESRCH' });
      return true;
    });
    requestStop(dir);
    expect(readdirSync(dir)).toContain('stop');
  });
});
