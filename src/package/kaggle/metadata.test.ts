import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../manifest.ts';
import { datasetMetadata, kaggleUser, kernelMetadata, slug } from './metadata.ts';

const LONG = 'm66608_dinov2-vits14_arcface1_openai-clip-aug_adam2e-02_cosine_linear_epoch10';
const manifest = (name: string): Manifest => ({
  version: 1,
  name,
  format: 'pt',
  file: `${name}.pt`,
  size: 1,
  sha256: '0',
  embeddingDim: 64,
  imageSize: 224,
  weights: 'float32',
});

describe('slug', () => {
  it.each([
    ['Plain', 'plain'],
    ['a_b--c.d', 'a-b-c-d'],
    ['_edges_', 'edges'],
    ['naïve größe', 'na-ve-gr-e'],
  ])('%s', (name, expected) => {
    expect(slug(name)).toBe(expected);
  });

  it('keeps long names apart within the limit', () => {
    const [a, b] = [slug(LONG), slug(`${LONG}1`)];
    expect(a).not.toBe(b);
    for (const s of [a, b]) expect(s).toMatch(/^[a-z0-9-]{1,50}$/);
  });
});

describe.each(['x', '図鑑', LONG])('metadata of %s', (name) => {
  it('is what the Kaggle command line takes', () => {
    const dataset = datasetMetadata(manifest(name), 'somebody');
    const kernel = kernelMetadata(manifest(name), 'somebody', 'a.ipynb');
    for (const { title, id } of [dataset, kernel]) {
      expect(title.length).toBeGreaterThanOrEqual(6);
      expect(title.length).toBeLessThanOrEqual(50);
      expect(id).toBe(`somebody/${slug(title)}`);
    }
    expect(dataset.licenses).toHaveLength(1);
    expect(kernel.dataset_sources).toEqual([dataset.id]);
  });
});

it('names in another script give ids of their own', () => {
  const ids = ['図鑑', '博物館'].map((name) => datasetMetadata(manifest(name), 'somebody').id);
  expect(new Set(ids).size).toBe(2);
});

describe('the user', () => {
  const from = async (content: string) => {
    const dir = mkdtempSync(join(tmpdir(), 'mdfe-kaggle-'));
    try {
      writeFileSync(join(dir, 'kaggle.json'), content);
      return await kaggleUser({ KAGGLE_CONFIG_DIR: dir });
    } finally {
      rmSync(dir, { recursive: true });
    }
  };

  it('is that of the environment first', async () => {
    expect(await kaggleUser({ KAGGLE_USERNAME: 'me', KAGGLE_CONFIG_DIR: '/nowhere' })).toBe('me');
  });
  it('is that of the command line', async () => {
    expect(await from('{"username": "me", "key": "x"}')).toBe('me');
  });
  it('is found in both folders that the command line uses', async () => {
    const home = mkdtempSync(join(tmpdir(), 'mdfe-home-'));
    try {
      mkdirSync(join(home, '.config', 'kaggle'), { recursive: true });
      writeFileSync(join(home, '.config', 'kaggle', 'kaggle.json'), '{"username": "new"}');
      expect(await kaggleUser({ HOME: home })).toBe('new');
      mkdirSync(join(home, '.kaggle'));
      writeFileSync(join(home, '.kaggle', 'kaggle.json'), '{"username": "old"}');
      expect(await kaggleUser({ HOME: home })).toBe('old');
    } finally {
      rmSync(home, { recursive: true });
    }
  });
  it.each(['{', '{}', '{"username": 3}'])('is unknown in %s', async (content) => {
    expect(await from(content)).toBeUndefined();
  });
  it('is unknown without a file', async () => {
    expect(await kaggleUser({ KAGGLE_CONFIG_DIR: '/nowhere' })).toBeUndefined();
  });
});
