import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { requestSweepStop } from './stop-sweep.ts';
import { type NewSweep, SweepFolder } from './sweep-folder.ts';
import { listSweeps, observeSweep, readSweepRecord, requireSweepRecord, runDirOf } from './sweep-reader.ts';

let root: string;
let dir: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mdfe-sweep-'));
  dir = join(root, 's');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const record: NewSweep = {
  name: 's',
  status: 'running',
  command: ['sweep'],
  configFile: '/c.yaml',
  dataDir: '/d',
  options: { device: 'auto', shuffle: true, views: 0, skipBadImages: false },
  method: 'grid',
  metric: { name: 'loss', goal: 'min' },
  keys: [{ path: 'SEED', name: 'SEED' }],
  runs: [1, 2].map((index) => ({
    index,
    label: `SEED=${index}`,
    name: `s_${index}`,
    overrides: { SEED: index },
    values: [String(index)],
    state: 'waiting' as const,
    work: 10,
  })),
};
const texts = { config: 'SEED: 1\n', resolved: 'SEED: 1\n' };
const change = (to: object) =>
  writeFileSync(join(dir, 'sweep.json'), JSON.stringify({ ...requireSweepRecord(dir), ...to }));
const create = () => SweepFolder.create(dir, record, texts);

describe('the folder of a sweep', () => {
  test('holds the configuration and the record, which a reader sees whole', () => {
    const folder = create();
    folder.updateRun(2, { state: 'failed', error: { code: 'x', text: 'no' } });
    expect(readFileSync(join(dir, 'config.yaml'), 'utf8')).toBe(texts.config);
    expect(requireSweepRecord(dir).runs.map((run) => run.state)).toEqual(['waiting', 'failed']);
    expect(existsSync(join(dir, 'sweep.json.partial'))).toBe(false);
    folder.updateRun(2, { state: 'done', score: 1 });
    expect(requireSweepRecord(dir).runs[1]).not.toHaveProperty('error');
    expect(runDirOf(dir, record.runs[0]!)).toBe(join(root, 's_1'));
    folder.close();
  });

  test('is refused to a second process, and to a second sweep', () => {
    const folder = create();
    expect(() => SweepFolder.reopen(dir, {})).toThrow(/another process works/);
    folder.close();
    expect(() => create()).toThrow(/there is a sweep in this folder already/);
    const again = SweepFolder.reopen(dir, { status: 'running' });
    expect(again.record.created).toBe(folder.record.created);
    again.close();
  });

  test('can be asked to stop while it runs, and not afterwards', () => {
    const folder = create();
    expect(folder.stopRequested).toBe(false);
    // As from another machine: only the file reaches it.
    change({ host: `not-${hostname()}` });
    requestSweepStop(dir);
    expect(folder.stopRequested).toBe(true);
    folder.update({ status: 'stopped' });
    folder.close();
    expect(existsSync(join(dir, 'stop'))).toBe(false);
    expect(() => requestSweepStop(dir)).toThrow(/does not run any more \(stopped\)/);
  });
});

describe('readers', () => {
  test('see a sweep whose process is gone as killed', () => {
    create().close();
    expect(observeSweep(dir)?.status).toBe('running');
    change({ pid: 2 ** 30 });
    expect(observeSweep(dir)?.status).toBe('killed');
    change({ status: 'done' });
    expect(observeSweep(dir)?.status).toBe('done');
  });

  test('a damaged record is an error that names the file, and hides no other sweep', () => {
    create().close();
    writeFileSync(join(dir, 'sweep.json'), '{"version": 1, "na');
    expect(() => readSweepRecord(dir)).toThrow(/sweep\.json: this is not a record of a sweep/);
    SweepFolder.create(join(root, 't'), { ...record, name: 't' }, texts).close();
    expect(listSweeps(root).map((found) => found.record.name)).toEqual(['t']);
  });

  test('a record with a run outside of the output folder is damaged', () => {
    create().close();
    const [first, second] = requireSweepRecord(dir).runs;
    change({ runs: [first, { ...second, name: '../../elsewhere' }] });
    expect(() => readSweepRecord(dir)).toThrow(/this is not a record of a sweep/);
  });

  test('a folder that is none is none', () => {
    expect(readSweepRecord(root)).toBeUndefined();
    expect(listSweeps(join(root, 'nothing'))).toEqual([]);
    expect(() => requireSweepRecord(root)).toThrow(/there is no sweep in this folder/);
  });
});
