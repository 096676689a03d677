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

  it('equals float64 at random sizes', async () => {
    const rng = new Rng(9, 'sizes');
    for (let i = 0; i < 12; i++) {
      const [nq, n] = [1 + rng.below(70), 1 + rng.below(900)];
      const [dim, k] = [1 + rng.below(200), 1 + rng.below(30)];
      await expectExact(random(nq, dim, i), random(n, dim, 100 + i), dim, k, metric, 1);
    }
  });

  it.each([
    ['far from the origin', (v: number) => 1e6 + v],
    ['equal in all but the last digits', (v: number) => Math.fround(3 + v * 4e-7)],
    ['of zeros and ones', (v: number) => (v > 0 ? 1 : 0)],
    ['of few numbers that count', (v: number) => (v > 2 ? v : v * 1e-9)],
    ['of very small numbers', (v: number) => v * 1e-22],
    ['of large numbers', (v: number) => v * 1e13],
  ])('finds neighbours of vectors %s', async (_, change) => {
    const dim = 24;
    await expectExact(random(50, dim, 1, change), random(1500, dim, 2, change), dim, 12, metric);
  });

  it('finds neighbours of vectors of all lengths, in any order', async () => {
    const dim = 40;
    const rng = new Rng(3, 'lengths');
    const scaled = (n: number, seed: number) => {
      const x = random(n, dim, seed);
      for (let i = 0; i < n; i++) {
        const length = 10 ** rng.uniform(-18, 13);
        for (let d = 0; d < dim; d++) x[i * dim + d]! *= length;
      }
      return x;
    };
    await expectExact(scaled(60, 1), scaled(2000, 2), dim, 10, metric);
    // One row that the centre falls for.
    const index = random(700, dim, 4);
    index.fill(1e13, 0, dim);
    await expectExact(random(30, dim, 5), index, dim, 10, metric);
  });

  it.each([3, 64, 1153, 5000])(
    'does not overflow: parallel and opposite vectors of %d numbers',
    async (dim) => {
      const rng = new Rng(4, 'parallel');
      const direction = random(1, dim, 1);
      const along = (n: number) =>
        Float32Array.from({ length: n * dim }, (_, i) => direction[i % dim]!).map(
          (v, i) => v * ((Math.floor(i / dim) % 2 ? -1 : 1) + 1e-4 * rng.normal()),
        );
      await expectExact(along(20), along(150), dim, 7, metric);
      await expectExact(
        new Float32Array(17 * dim).fill(-2),
        new Float32Array(90 * dim).fill(2),
        dim,
        7,
        metric,
      );
    },
  );
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
