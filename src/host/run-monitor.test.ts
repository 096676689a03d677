import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ownIdentity } from '../common/process.ts';
import { type RunChange, RunMonitor } from './run-monitor.ts';

const PATIENCE = 50_000; // ms: a busy machine takes its time

let dir: string;
let monitor: RunMonitor | undefined;
const changes: RunChange[] = [];
const failed = (error: unknown) => {
  throw error;
};

beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'mdfe-monitor-')), 'run');
  mkdirSync(dir);
  changes.length = 0;
});
afterEach(() => {
  monitor?.dispose();
  rmSync(join(dir, '..'), { recursive: true, force: true });
});

function writeRecord(status: string, change: object = {}): void {
  const { pid, start } = ownIdentity();
  const updated = new Date().toISOString() + Math.random();
  const record = {
    version: 1,
    name: 'r',
    status,
    pid,
    processStart: start,
    host: hostname(),
    updated,
    ...change,
  };
  writeFileSync(join(dir, 'run.json'), JSON.stringify(record));
}
const step = (i: number) =>
  `${JSON.stringify({ v: 1, seq: i, time: 0, type: 'step', first: i + 1, loss: [1 / (i + 1)], lr: [1], lrAfter: [1], epoch: 1, speed: 1, secondsLeft: 1 })}\n`;
const follow = () => new RunMonitor(dir, (_m, change) => changes.push(change), failed);

describe('RunMonitor', () => {
  it('loads what is there, then follows', async () => {
    writeRecord('training');
    appendFileSync(join(dir, 'events.jsonl'), step(0) + step(1));
    monitor = follow();
    await monitor.loaded;
    expect(monitor.history.step).toBe(2);
    expect(monitor.running).toBe(true);
    appendFileSync(join(dir, 'events.jsonl'), step(2).slice(0, 20));
    appendFileSync(join(dir, 'events.jsonl'), step(2).slice(20));
    await vi.waitFor(() => expect(monitor?.history.step).toBe(3), PATIENCE);
    expect(changes.flatMap((c) => c.events.map((e) => e.seq))).toEqual([0, 1, 2]);
  });

  it('tells the change of status with the status before', async () => {
    writeRecord('training');
    monitor = follow();
    await monitor.loaded;
    writeRecord('done');
    await vi.waitFor(() => expect(monitor?.status).toBe('done'), PATIENCE);
    expect(changes.at(-1)?.before).toBe('training');
  });

  it('sees a killed trainer', async () => {
    writeRecord('training', { pid: 2 ** 22 + 1 });
    monitor = follow();
    await monitor.loaded;
    expect(monitor.status).toBe('killed');
    expect(changes.at(-1)?.before).toBeUndefined();
  });

  it('tells why a trainer is gone that could not write it into its folder', async () => {
    writeRecord('training', { pid: 2 ** 22 + 1 });
    const words = async (runDir: string) => `${runDir}: the disk is full`;
    monitor = new RunMonitor(dir, (_m, change) => changes.push(change), failed, words);
    await monitor.loaded;
    expect(monitor.status).toBe('killed');
    expect(monitor.record?.error?.text).toBe(`${dir}: the disk is full`);
  });

  it('reads a long run in slices and lets others work in between', async () => {
    writeRecord('done');
    appendFileSync(join(dir, 'events.jsonl'), Array.from({ length: 30_000 }, (_, i) => step(i)).join(''));
    let others = 0;
    const tick = setInterval(() => others++, 0);
    monitor = follow();
    await monitor.loaded;
    clearInterval(tick);
    expect(monitor.history.step).toBe(30_000);
    expect(changes.length).toBeGreaterThan(3);
    expect(others).toBeGreaterThan(0);
  });
});
