import { spawn } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { newRecord } from '../../test/fixtures/new-record.ts';
import { temporaryFolder } from '../../test/fixtures/temporary-folder.ts';
import { MdfeError } from '../common/errors.ts';
import { isAlive, ownIdentity } from '../common/process.ts';
import { RunFolder } from './folder.ts';
import { listRuns } from './list.ts';
import { runFile } from './paths.ts';
import { observeRun, RunEventReader, readEvents, readRunRecord } from './reader.ts';
import { requestStop } from './stop.ts';

const record = newRecord();

const texts = { config: '# as given', resolved: 'SEED: 42' };

const newDir = () => join(temporaryFolder(), 'm1');

/** A process that has ended: its pid is free, or somebody else's. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => child.once('exit', resolve));
  return child.pid!;
}

const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof MdfeError) return error.code;
    throw error;
  }
  return 'no error';
};

describe('run folder', () => {
  test.runIf(existsSync('/dev/full'))('leaves no lock where it cannot be made', () => {
    const dir = newDir();
    mkdirSync(dir);
    symlinkSync('/dev/full', runFile(dir, 'resolved'));
    expect(codeOf(() => RunFolder.create(dir, record, texts))).toBe('disk/full');
    expect(existsSync(runFile(dir, 'lock'))).toBe(false);
  });

  test('events are numbered and come back in order', () => {
    const dir = newDir();
    const heard: number[] = [];
    const folder = RunFolder.create(dir, record, texts, (event) => heard.push(event.seq));
    folder.logLine('one');
    folder.warn('x/y', 'two');
    folder.close();
    expect(readEvents(dir).map((e) => [e.seq, e.type])).toEqual([
      [0, 'log'],
      [1, 'warning'],
    ]);
    expect(heard).toEqual([0, 1]);
    expect(readFileSync(join(dir, 'logs_m1.txt'), 'utf8')).toMatch(/ one\n.* warning: two\n$/);
  });

  test('a folder that holds a run is refused, with the way to continue it', () => {
    const dir = newDir();
    RunFolder.create(dir, record, texts).close();
    expect(() => RunFolder.create(dir, record, texts)).toThrow(/mdfe train --resume/);
    expect(existsSync(runFile(dir, 'lock'))).toBe(false);
  });

  test('two processes in one folder: the second is refused while the first lives', () => {
    const dir = newDir();
    const folder = RunFolder.create(dir, record, texts);
    expect(codeOf(() => RunFolder.reopen(dir, {}))).toBe('run/in-use');
    folder.close();
    RunFolder.reopen(dir, {}).close();
  });

  test('what has a record has its configuration too', () => {
    const dir = newDir();
    const folder = RunFolder.create(dir, record, texts);
    expect(readFileSync(runFile(dir, 'config'), 'utf8')).toBe(texts.config);
    expect(readFileSync(runFile(dir, 'resolved'), 'utf8')).toBe(texts.resolved);
    folder.close();
    // A process that dies before the record is written leaves a folder that can be used again.
    const broken = newDir();
    mkdirSync(runFile(broken, 'resolved'), { recursive: true });
    expect(() => RunFolder.create(broken, record, texts)).toThrow();
    expect(existsSync(runFile(broken, 'record'))).toBe(false);
  });

  test('the lock of a killed process is taken over', async () => {
    const dir = newDir();
    RunFolder.create(dir, record, texts).close();
    const lock = { pid: await deadPid(), start: 'gone', host: hostname() };
    writeFileSync(runFile(dir, 'lock'), JSON.stringify(lock));
    RunFolder.reopen(dir, {}).close();
  });

  test('a line cut off by a crash is skipped, and numbers go on after it', () => {
    const dir = newDir();
    const folder = RunFolder.create(dir, record, texts);
    folder.logLine('before');
    folder.close();
    appendFileSync(runFile(dir, 'events'), '{"v":1,"seq":1,"ti');
    const again = RunFolder.reopen(dir, { status: 'training' });
    again.logLine('after');
    again.close();
    const reader = new RunEventReader(dir);
    expect(reader.read().map((e) => e.seq)).toEqual([0, 1]);
    expect(reader.skipped).toBe(1);
  });

  test('a reader gets each event once, also when a line arrives in two pieces', () => {
    const dir = newDir();
    const folder = RunFolder.create(dir, record, texts);
    const reader = new RunEventReader(dir);
    folder.logLine('ä');
    expect(reader.read()).toHaveLength(1);
    expect(reader.read()).toHaveLength(0);
    const line = Buffer.from('{"v":1,"seq":1,"time":0,"type":"log","text":"ö"}\n');
    const cut = line.indexOf(0xc3) + 1; // inside the two bytes of ö
    appendFileSync(runFile(dir, 'events'), line.subarray(0, cut));
    expect(reader.read()).toHaveLength(0);
    appendFileSync(runFile(dir, 'events'), line.subarray(cut));
    expect(reader.read()).toMatchObject([{ text: 'ö' }]);
    folder.close();
  });

  test('run.json is replaced whole and leaves nothing beside it', () => {
    const dir = newDir();
    const folder = RunFolder.create(dir, record, texts);
    folder.update({ step: 5, lastLoss: 1.5 });
    folder.close();
    expect(readRunRecord(dir)).toMatchObject({ step: 5, lastLoss: 1.5, pid: process.pid });
    expect(readdirSync(dir).filter((f) => f.includes('partial'))).toEqual([]);
  });

  test('a damaged run.json is an error that shows the file', () => {
    const dir = newDir();
    RunFolder.create(dir, record, texts).close();
    writeFileSync(runFile(dir, 'record'), '{"version": 1, "na');
    expect(() => readRunRecord(dir)).toThrow(runFile(dir, 'record'));
  });

  test.each([
    { name: '../x' },
    { name: '..' },
    { name: '' },
    { sweep: { name: 'a/../..', index: 1, label: '' } },
  ])('a run.json whose names lead out of the folder is damaged: %j', (names) => {
    const dir = newDir();
    RunFolder.create(dir, record, texts).close();
    writeFileSync(runFile(dir, 'record'), JSON.stringify({ ...readRunRecord(dir), ...names }));
    expect(codeOf(() => readRunRecord(dir))).toBe('run/damaged-record');
  });
});

describe.runIf(existsSync('/dev/full'))('a full disk', () => {
  test('is said in words, and the folder can be closed', () => {
    const dir = newDir();
    mkdirSync(dir, { recursive: true });
    symlinkSync('/dev/full', runFile(dir, 'events'));
    const folder = RunFolder.create(dir, record, texts);
    expect(codeOf(() => folder.emit({ type: 'log', text: 'x' }))).toBe('disk/full');
    folder.close();
    expect(existsSync(runFile(dir, 'lock'))).toBe(false);
  });
});

describe('status', () => {
  test('a running record whose process is gone is observed as killed', async () => {
    const dir = newDir();
    RunFolder.create(dir, record, texts).close();
    expect(observeRun(dir)?.status).toBe('training');
    const orphan = { ...readRunRecord(dir), pid: await deadPid() };
    writeFileSync(runFile(dir, 'record'), JSON.stringify(orphan));
    expect(observeRun(dir)?.status).toBe('killed');
    expect(observeRun(newDir())).toBeUndefined();
  });

  test('a pid that another process has now does not count as alive', () => {
    const own = ownIdentity();
    expect(isAlive(own)).toBe(true);
    if (process.platform === 'linux') expect(isAlive({ ...own, start: 'another-boot:1' })).toBe(false);
  });

  test('runs are listed newest first, a damaged one does not hide the others', async () => {
    const root = temporaryFolder();
    RunFolder.create(join(root, 'a'), { ...record, name: 'a' }, texts).close();
    const { created } = readRunRecord(join(root, 'a'))!;
    await vi.waitUntil(() => new Date().toISOString() > created);
    RunFolder.create(join(root, 'b'), { ...record, name: 'b' }, texts).close();
    RunFolder.create(join(root, 'c'), { ...record, name: 'c' }, texts).close();
    writeFileSync(runFile(join(root, 'c'), 'record'), '{');
    expect((await listRuns(root)).map((r) => r.name)).toEqual(['b', 'a']);
    expect(await listRuns(join(root, 'missing'))).toEqual([]);
  });
});

describe('stopping', () => {
  test('asks the very process of the record', async () => {
    const dir = newDir();
    const folder = RunFolder.create(dir, record, texts);
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const identity = { pid: child.pid!, processStart: '' };
    folder.close();
    writeFileSync(runFile(dir, 'record'), JSON.stringify({ ...readRunRecord(dir), ...identity }));
    const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
    requestStop(dir);
    expect(existsSync(runFile(dir, 'stop'))).toBe(true);
    expect(await ended).toBe('SIGTERM');
  });

  test('a run that does not run is an error', () => {
    const dir = newDir();
    const folder = RunFolder.create(dir, record, texts);
    folder.update({ status: 'done' });
    folder.close();
    expect(codeOf(() => requestStop(dir))).toBe('run/not-running');
    expect(codeOf(() => requestStop(newDir()))).toBe('run/none');
  });
});
