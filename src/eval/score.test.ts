import { describe, expect, test } from 'vitest';
import { Rng } from '../common/rng.ts';
import { RETRIEVAL_METRICS } from '../config/names.ts';
import { METRICS } from './metrics.ts';
import { type RetrievalTask, scoreRetrieval } from './score.ts';

const round = (x: number) => Number(x.toFixed(10));

/** Straight from the definitions: full sorted ranking, relevance as a list of 0 and 1. */
function naive(
  { queries, index, dim, queryLabels, indexLabels, queryDomains, metric }: RetrievalTask,
  domain?: number,
) {
  const n = indexLabels.length;
  const row = (x: Float32Array, i: number) => [...x.subarray(i * dim, (i + 1) * dim)];
  const dot = (a: number[], b: number[]) => a.reduce((s, v, i) => s + v * b[i]!, 0);
  const distance = (a: number[], b: number[]) =>
    metric === 'euclidean'
      ? a.reduce((s, v, i) => s + (v - b[i]!) ** 2, 0)
      : 1 - dot(a, b) / (Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b)));
  const scores = { 'mMP@5': [], 'P@1': [], 'recall@5': [], 'recall@10': [], 'mAP@R': [] } as Record<
    string,
    number[]
  >;
  for (let q = 0; q < queryLabels.length; q++) {
    if (domain !== undefined && queryDomains![q] !== domain) continue;
    const x = row(queries, q);
    const order = Array.from({ length: n }, (_, i) => ({ i, d: distance(x, row(index, i)) }));
    order.sort((a, b) => a.d - b.d || a.i - b.i);
    const rel = order.map(({ i }) => Number(indexLabels[i] === queryLabels[q]));
    const R = rel.reduce((a, b) => a + b, 0);
    if (R === 0) continue;
    const top = (k: number) => rel.slice(0, k).reduce((a, b) => a + b, 0);
    scores['mMP@5']!.push(top(Math.min(R, 5)) / Math.min(R, 5));
    scores['P@1']!.push(rel[0]!);
    scores['recall@5']!.push(Math.min(1, top(5)));
    scores['recall@10']!.push(Math.min(1, top(10)));
    let sum = 0;
    for (let i = 1; i <= R; i++) if (rel[i - 1]) sum += top(i) / i;
    scores['mAP@R']!.push(sum / R);
  }
  return Object.fromEntries(
    Object.entries(scores).map(([name, s]) => [name, round(s.reduce((a, b) => a + b, 0) / s.length)]),
  );
}

/** Classes of very different sizes, clustered so that scores lie between 0 and 1; some queries have no class. */
function randomTask(seed: number, sizes: readonly number[], dim: number, metric: RetrievalTask['metric']) {
  const rng = new Rng(seed, 'task');
  const centres = [...sizes, 0].map(() => Array.from({ length: dim }, () => rng.normal()));
  const labels = sizes.flatMap((size, label) => Array<number>(size).fill(label));
  rng.shuffle(labels);
  const sample = (label: number) => centres[label]!.map((c) => c + 1.2 * rng.normal());
  const queryLabels = Int32Array.from({ length: 60 }, () => rng.below(sizes.length + 1));
  return {
    queries: Float32Array.from([...queryLabels].flatMap(sample)),
    index: Float32Array.from(labels.flatMap(sample)),
    dim,
    queryLabels,
    indexLabels: Int32Array.from(labels),
    queryDomains: queryLabels.map((label) => label % 3),
    domains: ['a', 'b', 'c'],
    metric,
  } satisfies RetrievalTask;
}

describe.each(['euclidean', 'cosine'] as const)('%s', (metric) => {
  test.each([
    ['small classes', [1, 2, 3, 4, 5, 6, 7, 12, 30]],
    ['classes beyond the search depth', [1, 5, 99, 100, 101, 250]],
    ['an index smaller than the depth', [1, 2]],
  ])('%s: equal to the definitions', async (_, sizes) => {
    const task = randomTask(7, sizes, 5, metric);
    const scores = await scoreRetrieval(task);
    const rounded = (m: Readonly<Record<string, number>>) =>
      Object.fromEntries(Object.entries(m).map(([name, v]) => [name, round(v)]));
    expect(rounded(scores.metrics)).toEqual(naive(task));
    task.domains.forEach((name, i) => {
      expect(rounded(scores.domains.get(name)!.metrics)).toEqual(naive(task, i));
    });
    const without = task.queryLabels.filter((label) => label === sizes.length).length;
    expect(scores.excluded).toBe(without);
    expect(scores.queries).toBe(60 - without);
    expect(without).toBeGreaterThan(0);
  });
});

test('equal distances are ordered by row at any depth', async () => {
  const labels = Int32Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 0 : 1));
  const task: RetrievalTask = {
    queries: Float32Array.of(1, 2),
    index: new Float32Array(800).fill(1),
    dim: 2,
    queryLabels: Int32Array.of(1),
    indexLabels: labels,
    metric: 'euclidean',
  };
  expect((await scoreRetrieval(task)).metrics['P@1']).toBe(0);
  expect(round((await scoreRetrieval(task)).metrics['mAP@R'])).toBe(naive(task)['mAP@R']);
});

describe('by hand', () => {
  test.each([
    ['all found', [1, 2, 3], 3, [1, 1, 1, 1, 1]],
    ['one of two within min(n, 5) = 2', [2, 6], 2, [0.5, 0, 1, 1, 0.25]],
    ['a rank beyond min(n, 5) does not count', [2], 1, [0, 0, 1, 1, 0]],
    ['more than five relevant: divided by 5', [1, 3, 5, 7, 9, 11], 8, [0.6, 1, 1, 1, 0.354761905]],
    ['found late', [9], 2, [0, 0, 0, 1, 0]],
    ['not found', [], 4, [0, 0, 0, 0, 0]],
  ])('%s', (_, ranks, relevant, expected) => {
    const got = RETRIEVAL_METRICS.map((name) => METRICS[name]({ ranks, relevant }));
    expect(got.map((x) => Number(x.toFixed(9)))).toEqual(expected);
  });

  test('a set without any counted query is an error that says so', async () => {
    const task: RetrievalTask = {
      queries: Float32Array.of(1),
      index: Float32Array.of(1),
      dim: 1,
      queryLabels: Int32Array.of(1),
      indexLabels: Int32Array.of(0),
      metric: 'euclidean',
    };
    await expect(scoreRetrieval(task)).rejects.toMatchObject({ code: 'eval/no-counted-query' });
  });
});

test('stops when asked', async () => {
  const task = randomTask(1, [300, 300], 4, 'euclidean');
  await expect(scoreRetrieval(task, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
});
