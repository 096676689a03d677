import { describe, expect, it } from 'vitest';
import { Rng } from '../common/rng.ts';
import { searchTopK } from './search.ts';

type Metric = 'euclidean' | 'cosine';

/** All distances in float64, sorted, equal ones by index. */
function plain(queries: Float32Array, index: Float32Array, dim: number, k: number, metric: Metric) {
  const n = index.length / dim;
  const norm = (x: Float32Array) => {
    let sum = 0;
    for (const v of x) sum += v * v;
    return Math.sqrt(sum);
  };
  const rows = Array.from({ length: n }, (_, i) => index.subarray(i * dim, (i + 1) * dim));
  const lengths = rows.map(norm);
  return Array.from({ length: queries.length / dim }, (_, q) => {
    const x = queries.subarray(q * dim, (q + 1) * dim);
    const length = norm(x);
    const all = rows.map((y, i) => {
      let sum = 0;
      if (metric === 'euclidean') for (let d = 0; d < dim; d++) sum += (x[d]! - y[d]!) ** 2;
      else for (let d = 0; d < dim; d++) sum += x[d]! * y[d]!;
      const both = length * lengths[i]!;
      return { i, distance: metric === 'euclidean' ? sum : 1 - (both > 0 ? sum / both : 0) };
    });
    all.sort((a, b) => a.distance - b.distance || a.i - b.i);
    return all.slice(0, k);
  });
}

async function expectExact(
  queries: Float32Array,
  index: Float32Array,
  dim: number,
  k: number,
  metric: Metric,
  threads = 2,
) {
  const got = await searchTopK({ queries, index, dim, k, metric, threads });
  const expected = plain(queries, index, dim, k, metric);
  const pad = <T>(row: T[], filler: T) => [...row, ...Array<T>(k - row.length).fill(filler)];
  expect(Array.from(got.indices)).toEqual(
    expected.flatMap((row) =>
      pad(
        row.map((e) => e.i),
        -1,
      ),
    ),
  );
  const distances = expected.flatMap((row) =>
    pad(
      row.map((e) => (metric === 'cosine' ? e.distance : Math.sqrt(e.distance))),
      Number.POSITIVE_INFINITY,
    ),
  );
  expect(got.distances).toEqual(Float32Array.from(distances));
}

function random(n: number, dim: number, seed: number, change: (v: number) => number = (v) => v) {
  const rng = new Rng(seed, 'vectors');
  return Float32Array.from({ length: n * dim }, () => change(rng.normal()));
}

describe.each(['euclidean', 'cosine'] as const)('exact search, %s', (metric) => {
  it.each([
    { nq: 1, n: 1, dim: 1, k: 1 },
    { nq: 1, n: 3, dim: 5, k: 7 },
    { nq: 17, n: 301, dim: 3, k: 5 },
    { nq: 33, n: 1000, dim: 64, k: 100 },
    { nq: 150, n: 3001, dim: 65, k: 5 },
  ])('%o', async ({ nq, n, dim, k }) => {
    await expectExact(random(nq, dim, 1), random(n, dim, 2), dim, k, metric);
  });

  it('orders ties by index', async () => {
    // Few distinct integer vectors, each many times: ties everywhere, also at the k-th place.
    const index = random(2000, 4, 3, Math.round);
    await expectExact(random(40, 4, 4, Math.round), index, 4, 20, metric);
    await expectExact(index.subarray(0, 64), new Float32Array(4 * 500).fill(0.3), 4, 5, metric);
  });

  it('separates distances that float32 cannot', async () => {
    // A cluster far from the origin: the products agree to seven digits.
    const index = random(3000, 16, 5, (v) => 1000 + v * 1e-3);
    await expectExact(
      random(40, 16, 6, (v) => 1000 + v * 1e-3),
      index,
      16,
      10,
      metric,
    );
  });

  it('takes vectors without length and very short ones', async () => {
    const index = random(100, 6, 7);
    index.fill(0, 6 * 10, 6 * 20);
    for (let i = 6 * 30; i < 6 * 40; i++) index[i]! *= 1e-25;
    const queries = random(20, 6, 8);
    queries.fill(0, 0, 6);
    for (let i = 6; i < 12; i++) queries[i]! *= 1e-25;
    await expectExact(queries, index, 6, 8, metric);
  });
});

describe('a search', () => {
  it('reports progress up to the end, on the calling thread and on others', async () => {
    for (const nq of [2, 200]) {
      const seen: [number, number][] = [];
      await searchTopK({
        queries: random(nq, 32, 1),
        index: random(5000, 32, 2),
        dim: 32,
        k: 5,
        metric: 'euclidean',
        onProgress: (done, total) => seen.push([done, total]),
      });
      expect(seen.at(-1)).toEqual([nq * 5000, nq * 5000]);
    }
  });

  it('can be cancelled', async () => {
    const abort = new AbortController();
    const search = searchTopK({
      queries: random(3000, 64, 1),
      index: random(60_000, 64, 2),
      dim: 64,
      k: 5,
      metric: 'euclidean',
      signal: abort.signal,
      onProgress: () => abort.abort(new Error('enough')),
    });
    await expect(search).rejects.toThrow('enough');
  });

  it('does not depend on the number of threads', async () => {
    const options = { queries: random(100, 48, 1), index: random(9000, 48, 2), dim: 48, k: 9 };
    const one = await searchTopK({ ...options, metric: 'cosine', threads: 1 });
    expect(await searchTopK({ ...options, metric: 'cosine', threads: 3 })).toEqual(one);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e20])('refuses %d', async (value) => {
    const bad = random(50, 8, 1);
    bad[77] = value;
    const good = random(50, 8, 2);
    const search = (queries: Float32Array, index: Float32Array) =>
      searchTopK({ queries, index, dim: 8, k: 3, metric: 'euclidean' });
    await expect(search(bad, good)).rejects.toThrow(/queries: embeddings to compare are not finite/);
    await expect(search(good, bad)).rejects.toThrow(/index rows from 0 on: embeddings/);
  });
});
