import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newRecord } from '../../test/fixtures/new-record.ts';
import { temporaryFolder } from '../../test/fixtures/temporary-folder.ts';
import { configSchema, type PartialConfig } from '../config/schema/index.ts';
import type { RetrievalScores } from '../eval/score.ts';
import type { EvalEvent } from '../run/events.ts';
import { RunFolder } from '../run/folder.ts';
import { readEvents } from '../run/reader.ts';
import type { Verdict } from './loop.ts';
import { RetrievalObserver } from './retrieval-observer.ts';

function scores(value: number): RetrievalScores {
  const metrics = { 'mMP@5': value, 'P@1': 1 - value, 'recall@5': 0, 'recall@10': 0, 'mAP@R': 0 };
  const nothing = { metrics: { ...metrics, 'mMP@5': Number.NaN }, queries: 0, excluded: 2 };
  const some = { metrics, queries: 3, excluded: 0 };
  return {
    ...some,
    excluded: 2,
    indexImages: 9,
    domains: new Map([
      ['food', some],
      ['empty', nothing],
    ]),
  };
}

function observer(EVAL: PartialConfig['EVAL'], values: number[], before: EvalEvent[] = []) {
  const dir = join(temporaryFolder(), 'm');
  const folder = RunFolder.create(dir, newRecord(), { config: '', resolved: '' });
  const queue = [...values];
  const config = configSchema.parse({ EVAL: { hold_out: 'classes', ...EVAL } }).EVAL;
  const score = async () => scores(queue.shift()!);
  const made = new RetrievalObserver({ config, folder, score, signal: new AbortController().signal, before });
  return { folder, observe: (epoch: number, last = false) => made.observe(epoch * 10, epoch, last) };
}

const evaluated = (folder: RunFolder) =>
  readEvents(folder.dir).flatMap((e) => (e.type === 'eval' ? [e] : []));

async function run(EVAL: PartialConfig['EVAL'], values: number[], before: EvalEvent[] = [], from = 0) {
  const { observe, folder } = observer(EVAL, values, before);
  const verdicts: Verdict[] = [];
  for (let epoch = from; epoch < from + values.length; epoch++) verdicts.push(await observe(epoch));
  return { best: verdicts.map((v) => v.best), stopped: verdicts.findIndex((v) => v.stop) + from, folder };
}

describe('which state is the best', () => {
  test('the zero-shot score competes with nothing; equal is not better', async () => {
    expect((await run({}, [0.9, 0.2, 0.1, 0.2, 0.3])).best).toEqual([false, true, false, false, true]);
  });

  test('by the metric that the configuration names', async () => {
    expect((await run({ best_metric: 'P@1' }, [0, 0.5, 0.6, 0.4])).best).toEqual([false, true, false, true]);
  });
});

describe('early stopping', () => {
  test('after so many evaluations without improvement', async () => {
    expect((await run({ patience: 2 }, [0, 0.5, 0.4, 0.6, 0.5, 0.5])).stopped).toBe(5);
    expect((await run({}, [0, 0.5, 0.4, 0.3, 0.2])).stopped).toBe(-1);
  });

  test('counts on where an interrupted run was', async () => {
    const before = evaluated((await run({ patience: 2 }, [0, 0.5, 0.4])).folder);
    expect(before).toHaveLength(3);
    const resumed = await run({ patience: 2 }, [0.45, 0.6], before, 3);
    expect(resumed).toMatchObject({ stopped: 3, best: [false, true] });
  });
});

test('every so many epochs, at the start and at the end', async () => {
  const { observe, folder } = observer({ every: 3 }, [0, 1, 2, 3, 4, 5]);
  for (let epoch = 0; epoch <= 7; epoch++) await observe(epoch, epoch === 7);
  expect(evaluated(folder).map((e) => e.epoch)).toEqual([0, 3, 6, 7]);
});

test('a resumed run evaluates only what was not evaluated before', async () => {
  const before = evaluated((await run({}, [0, 0.5])).folder);
  const { observe, folder } = observer({}, [0.6, 0.7], before);
  for (const epoch of [1, 2]) await observe(epoch);
  expect(evaluated(folder).map((e) => e.epoch)).toEqual([2]);
});

test('events hold overall scores and the domains that have any', async () => {
  const { folder } = await run({}, [0.25]);
  const [event] = evaluated(folder);
  expect(event).toMatchObject({ step: 0, epoch: 0, metrics: { 'mMP@5': 0.25, 'P@1': 0.75 } });
  expect(Object.keys(event!.domains)).toEqual(['food']);
});
