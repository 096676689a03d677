import { describe, expect, it } from 'vitest';
import type { EvaluationSummary, GalleryRow, HostToGallery } from '../../src/run/retrieval-messages.ts';
import { galleryOf, nothing, receive } from './state.ts';

const run = { runId: '/r', name: 'r', dataDir: '/d', csv: null, skipBadImages: false };
const summary: EvaluationSummary = {
  root: '/d',
  images: 'held-out classes',
  metric: 'cosine',
  neck: 'trained',
  checkpoint: null,
  indexImages: 3,
  skipped: 0,
  notes: [],
  queries: 2,
  excluded: 0,
  metrics: {},
  domains: {},
};
const row = (query: number): GalleryRow => ({
  query,
  label: 0,
  domain: null,
  relevant: 1,
  score: 0,
  found: [],
});
const begin: HostToGallery = { type: 'gallery', run, summary, total: 2 };
const rows = (from: number, ...queries: number[]): HostToGallery => ({
  type: 'rows',
  from,
  images: queries.map((q) => `${q}.jpg`),
  classes: from === 0 ? ['apple'] : [],
  rows: queries.map(row),
});
const modelAfter = (...messages: HostToGallery[]) => messages.reduce(receive, nothing);

describe('receive', () => {
  it('collects rows and paths', () => {
    const gallery = galleryOf(modelAfter(begin, rows(0, 0), rows(1, 1)));
    expect(gallery?.rows.map((r) => r.query)).toEqual([0, 1]);
    expect(gallery?.images).toEqual(['0.jpg', '1.jpg']);
    expect(gallery?.classes).toEqual(['apple']);
  });

  it('drops rows that do not continue what is there', () => {
    expect(galleryOf(modelAfter(begin, rows(0, 0), rows(0, 0), rows(5, 5)))?.rows).toHaveLength(1);
    expect(galleryOf(modelAfter(rows(0, 0)))).toBeUndefined();
  });

  it('begins anew with another gallery', () => {
    expect(galleryOf(modelAfter(begin, rows(0, 0), begin))?.rows).toEqual([]);
  });

  it('shows progress and failures instead of the gallery', () => {
    const working = modelAfter(begin, { type: 'working', run, text: 'scoring', done: 1, total: 2 });
    expect(working.phase).toMatchObject({ type: 'working', done: 1 });
    const failed = modelAfter(begin, {
      type: 'failed',
      run,
      title: 't',
      text: 'gone',
      remedies: ['chooseData'],
    });
    expect(failed.phase).toMatchObject({ type: 'failed', remedies: ['chooseData'] });
  });

  it('takes the paths of a search in', () => {
    const found = modelAfter(begin, rows(0, 0), {
      type: 'search',
      state: 'found',
      images: { 7: '/own.jpg' },
      classes: { 3: 'pear' },
      row: row(7),
    });
    expect(galleryOf(found)?.images[7]).toBe('/own.jpg');
    expect(galleryOf(found)?.classes[3]).toBe('pear');
    expect(found.search.state).toBe('found');
  });
});
