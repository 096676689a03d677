import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { foldEvents } from '../../src/run/history.ts';
import { readEvents, readRunRecord } from '../../src/run/reader.ts';
import { requireSweepRecord } from '../../src/run/sweep-reader.ts';
import type { SweepRunRecord } from '../../src/run/sweep-record.ts';
import { interrupted, mdfe, start } from './mdfe.ts';
import { makeWorkspace, type Workspace } from './workspace.ts';

const GRID = `EVAL: { hold_out: classes, class_share: 0.5 }
SWEEP:
  keys:
    OPTIMIZER.lr: [2e-3, 2e-2]
    MODEL.HEAD.m: [0.2, 0.5]
`;

let w: Workspace;
beforeAll(async () => {
  w = await makeWorkspace();
});

const sweepDir = (name: string) => join(w.results, name);
const recordOf = (name: string) => requireSweepRecord(sweepDir(name));
const runDir = (run: SweepRunRecord) => join(w.results, run.name);
const lossesOf = (run: SweepRunRecord) => foldEvents(readEvents(runDir(run))).loss;
const states = (name: string) => recordOf(name).runs.map((run) => run.state);

/** Arguments of `mdfe sweep` as those of `mdfe train`, each sweep with a feature store of its own. */
function sweep(section: string, name: string, ...more: readonly string[]): string[] {
  const config = w.config(name, (text) => text + section);
  const [, ...rest] = w.train(config, '--name', name, ...more);
  return ['sweep', ...rest.map((a) => (a === join(w.dir, 'cache') ? join(w.dir, `cache-${name}`) : a))];
}

describe('a grid of four runs', () => {
  let out: Awaited<ReturnType<typeof mdfe>>;
  beforeAll(async () => {
    out = await mdfe(...sweep(GRID, 'grid'));
  });

  test('trains them all, each in a run folder of its own', () => {
    expect(out.code, out.stderr).toBe(0);
    const { runs, status, metric, keys } = recordOf('grid');
    expect({ status, metric, keys: keys.map((k) => k.name) }).toEqual({
      status: 'done',
      metric: { name: 'mMP@5', goal: 'max' },
      keys: ['lr', 'm'],
    });
    expect(runs.map((run) => run.name)).toEqual([
      'grid_1_lr2e-3_m0.2',
      'grid_2_lr2e-3_m0.5',
      'grid_3_lr2e-2_m0.2',
      'grid_4_lr2e-2_m0.5',
    ]);
    for (const run of runs) {
      const { label, index } = run;
      expect(readRunRecord(runDir(run))).toMatchObject({
        status: 'done',
        sweep: { name: 'grid', index, label },
      });
      const resolved = readFileSync(join(runDir(run), 'resolved.yaml'), 'utf8');
      expect(resolved).toContain(`  lr: ${run.overrides['OPTIMIZER.lr']}\n`);
      expect(resolved).not.toContain('SWEEP');
      expect(readFileSync(join(runDir(run), 'config.yaml'), 'utf8')).toContain(label);
    }
  });

  test('computes the features once', () => {
    const computed = recordOf('grid').runs.map((run) => {
      const events = readEvents(runDir(run)).filter((e) => e.type === 'features');
      return events.some((e) => e.reused < e.total);
    });
    expect(computed).toEqual([true, false, false, false]);
  });

  test('has the losses and scores of the same runs trained one by one', async () => {
    const { runs } = recordOf('grid');
    const [held] = GRID.split('SWEEP');
    const alone = w.config('alone', (text) =>
      text.replace('lr: 2e-3', 'lr: 2e-2').replace('m: 0.3', 'm: 0.2').concat(held!),
    );
    expect((await mdfe(...w.train(alone, '--name', 'alone'))).code).toBe(0);
    const history = foldEvents(readEvents(join(w.results, 'alone')));
    expect(lossesOf(runs[2]!)).toEqual(history.loss);
    const scores = history.evals.filter((e) => e.step > 0).map((e) => e.metrics['mMP@5']!);
    expect(runs[2]!.score).toBe(Math.max(...scores));
    expect(runs[2]!.loss).toBe(history.epochs.at(-1)!.meanLoss);
  });

  test('ends with a table, the best first', async () => {
    expect(out.stdout).toMatch(/run +lr +m +mMP@5 +loss +time +state +folder/);
    expect(out.stdout).toMatch(/4 of 4 runs done; best: lr=\S+ m=\S+ \(mMP@5 [01]\.\d{4}\)/);
    const { stdout } = await mdfe('metrics', sweepDir('grid'), '--csv');
    const [header, ...rows] = stdout.trimEnd().split('\n');
    expect(header).toBe('run,OPTIMIZER.lr,MODEL.HEAD.m,mMP@5,loss,seconds,state,folder');
    const scores = rows.map((row) => Number(row.split(',')[3]));
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(new Set(scores)).toEqual(new Set(recordOf('grid').runs.map((run) => run.score)));
    expect((await mdfe('metrics', sweepDir('grid'))).stdout).toContain('grid_4_lr2e-2_m0.5');
  });

  test('is listed with its runs', async () => {
    const all = (await mdfe('runs', w.results)).stdout;
    expect(all).toMatch(/grid_3_lr2e-2_m0\.2 +done/);
    expect(all).toMatch(/grid +done +4 of 4 runs done/);
    const { stdout } = await mdfe('runs', sweepDir('grid'), '--json');
    expect(JSON.parse(stdout)).toHaveLength(4);
  });

  test('is complete: there is nothing to resume, and its name is taken', async () => {
    const again = await mdfe('sweep', '--resume', sweepDir('grid'));
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/this sweep is complete/);
    const taken = await mdfe(...sweep(GRID, 'grid'));
    expect(taken.code).toBe(2);
    expect(taken.stderr).toMatch(/there is a run in this folder already/);
  });
});

describe('stopping and resuming', () => {
  const LONG = 150; // epochs
  /** Longer than a further process needs to start on a busy machine. */
  const ENDLESS = 50_000; // epochs
  const long = (name: string, epochs = LONG) => {
    const args = sweep(GRID, name, '--json');
    const rarely = epochs === LONG ? GRID : GRID.replace('0.5 }', `0.5, every: ${epochs} }`);
    w.config(name, (text) =>
      text.replace('epochs: 4', `epochs: ${epochs}`).replace('[2, 4]', `[${epochs}]`).concat(rarely),
    );
    return args;
  };

  /** When the second run has done ten steps. */
  const interrupt = (name: string, signal: NodeJS.Signals) =>
    interrupted(long(name), { signal, type: 'step', least: 10, run: 2 });

  test('goes on exactly, and repeats nothing that is finished', async () => {
    const whole = await mdfe(...long('whole'));
    expect(whole.code).toBe(0);
    const { code, stderr } = await interrupt('cut', 'SIGINT');
    expect(code, stderr).toBe(130);
    expect(states('cut')).toEqual(['done', 'stopped', 'waiting', 'waiting']);
    expect(recordOf('cut').status).toBe('stopped');
    const [first, second] = recordOf('cut').runs;
    const finished = readFileSync(join(runDir(first!), 'events.jsonl'), 'utf8');
    const step = lossesOf(second!).length;
    expect(step).toBeGreaterThanOrEqual(10);
    const resumed = await mdfe('sweep', '--resume', sweepDir('cut'));
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(states('cut')).toEqual(['done', 'done', 'done', 'done']);
    expect(readFileSync(join(runDir(first!), 'events.jsonl'), 'utf8')).toBe(finished);
    expect(foldEvents(readEvents(runDir(second!))).start).toMatchObject({ resumed: true, fromStep: step });
    recordOf('cut').runs.forEach((run, i) => {
      const other = recordOf('whole').runs[i]!;
      expect(lossesOf(run)).toEqual(lossesOf(other));
      expect(run.score).toBe(other.score);
    });
  });

  test('a killed one is seen as killed and goes on', async () => {
    expect((await interrupt('killed', 'SIGKILL')).code).toBe('SIGKILL');
    expect((await mdfe('runs', w.results)).stdout).toMatch(/killed +killed +1 of 4 runs done/);
    expect((await mdfe('sweep', '--resume', sweepDir('killed'))).code).toBe(0);
    expect(states('killed')).toEqual(['done', 'done', 'done', 'done']);
    if (existsSync(sweepDir('whole')))
      expect(lossesOf(recordOf('killed').runs[1]!)).toEqual(lossesOf(recordOf('whole').runs[1]!));
  });

  test('mdfe stop reaches it by the folder of the sweep', async () => {
    let asked: Promise<{ code: number | string }> | undefined;
    const running = start(long('asked', ENDLESS), (line) => {
      const event = JSON.parse(line) as { type: string };
      if (event.type === 'step') asked ??= mdfe('stop', sweepDir('asked'));
    });
    expect((await running.finished).code).toBe(130);
    expect((await asked!).code).toBe(0);
    expect(states('asked')).toEqual(['stopped', 'waiting', 'waiting', 'waiting']);
    const late = await mdfe('stop', sweepDir('asked'));
    expect(late.code).toBe(1);
    expect(late.stderr).toMatch(/does not run any more \(stopped\)/);
  });
});

test('a run that fails is recorded, the others are trained, and it can be tried again', async () => {
  const rates = 'SWEEP: { keys: { OPTIMIZER.lr: [2e-3, 1e38, 2e-2] } }\n';
  const { code, stdout, stderr } = await mdfe(...sweep(rates, 'nan'));
  expect(code).toBe(1);
  expect(states('nan')).toEqual(['done', 'failed', 'done']);
  expect(recordOf('nan').runs[1]!.error).toMatchObject({ code: 'train/not-finite' });
  expect(stdout).toMatch(/2 of 3 runs done, 1 failed; best: .* \(loss /);
  expect(stderr).toMatch(/--retry-failed/);
  expect((await mdfe('sweep', '--resume', sweepDir('nan'))).code).toBe(2);
  expect((await mdfe('sweep', '--resume', sweepDir('nan'), '--retry-failed')).code).toBe(1);
  expect(states('nan')).toEqual(['done', 'failed', 'done']);
});

test('a dry run lists the runs and trains nothing', async () => {
  const section = 'SWEEP: { keys: { MODEL.NECK.dropout: [0, 0.1], TRANSFORM.size: [28, 42] } }\n';
  const { code, stdout } = await mdfe(...sweep(section, 'dry', '--dry-run'));
  expect(code).toBe(0);
  expect(stdout).toMatch(/1 +0 +28 +computed\n +2 +0 +42 +computed\n +3 +0\.1 +28 +of run 1/);
  expect(stdout).toMatch(/4 runs, ranked by loss; .* 2 times/);
  expect(existsSync(sweepDir('dry'))).toBe(false);
});

test('with --json every line is JSON, the record last', async () => {
  const { stdout } = await mdfe(...sweep('SWEEP: { keys: { SEED: [1, 2] } }\n', 'json', '--json'));
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines[0]).toMatchObject({ type: 'sweep', dir: sweepDir('json'), runs: 2 });
  expect(lines.filter((l) => l.type === 'run').map((l) => l.index)).toEqual([1, 2]);
  expect(lines.at(-1)).toMatchObject({ type: 'result', record: { status: 'done' } });
});

test('mdfe train leaves the sweep out, and says so', async () => {
  const config = w.config('single', (text) => text + GRID);
  const { code, stderr } = await mdfe(...w.train(config, '--name', 'single'));
  expect(code).toBe(0);
  expect(stderr).toMatch(/a single run; SWEEP is left out \(mdfe sweep trains its 4 runs\)/);
  expect(readFileSync(join(w.results, 'single', 'resolved.yaml'), 'utf8')).not.toContain('SWEEP');
});

describe('bad input', () => {
  test.each([
    ['no sweep in the configuration', '', [], /no SWEEP section/],
    [
      'values that are invalid together',
      'SWEEP: { keys: { TRAIN.epochs: [4, 0] } }\n',
      [],
      /epochs=0: TRAIN\.epochs is 0/,
    ],
    [
      'a range that a grid cannot count',
      'SWEEP: { keys: { OPTIMIZER.lr: {min: 1, max: 2} } }\n',
      [],
      /there are no steps/,
    ],
    ['--retry-failed without --resume', GRID, ['--retry-failed'], /goes with --resume/],
    ['a data folder that is not there', GRID, ['DATA=/no/such/folder'], /the data folder does not exist/],
  ])('%s', async (_, section, args, message) => {
    const { code, stderr } = await mdfe(...sweep(section, 'bad', ...args));
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(existsSync(sweepDir('bad'))).toBe(false);
  });

  test('a folder that is no sweep', async () => {
    const { code, stderr } = await mdfe('sweep', '--resume', w.data);
    expect(stderr).toMatch(/there is no sweep in this folder/);
    expect(code).toBe(2);
  });
});
