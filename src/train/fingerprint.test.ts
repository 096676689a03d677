import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../config/parse.ts';
import { loadDatasets } from '../data/datasets/index.ts';
import { type Fingerprint, fingerprint, parseFingerprint, requireSame } from './fingerprint.ts';

const dir = mkdtempSync(join(tmpdir(), 'mdfe-fingerprint-'));
afterAll(() => rmSync(dir, { recursive: true }));
const csv = join(dir, 'own.csv');
const weights = join(dir, 'weights.safetensors');

interface Change {
  readonly lr?: string;
  readonly csv?: string;
  readonly weights?: string;
  readonly views?: number;
}

/** What a run with these settings and files would be recognised by. */
async function facts(change: Change = {}): Promise<Fingerprint> {
  writeFileSync(csv, change.csv ?? 'img_path,label\na.png,x\nb.png,y\n');
  writeFileSync(weights, change.weights ?? 'one');
  const { config } = parseConfig(`OPTIMIZER: { lr: ${change.lr ?? '2e-3'} }`, 'a.yaml');
  if (!config) throw new Error('no configuration');
  const dataset = await loadDatasets(['csv:own.csv'], dir, { seed: 1 });
  return fingerprint({
    config,
    dataset,
    classCounts: dataset.classCounts,
    options: { device: 'cpu', shuffle: true, views: change.views ?? 0, skipBadImages: false, cacheDir: dir },
    weightFiles: [weights],
  });
}

/** The message for a run that began as it is and goes on with that change. */
async function message(change: Change): Promise<string> {
  try {
    requireSame(await facts(), await facts(change), '/results/run');
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

describe('what a run goes on with', () => {
  test('is the same when nothing has changed, also after being stored', async () => {
    expect(await message({})).toBe('');
    const stored = parseFingerprint(JSON.stringify(await facts()));
    expect(() => requireSame(stored!, stored!, '')).not.toThrow();
  });

  test('names the setting that differs, with both values', async () => {
    const text = await message({ lr: '5e-3' });
    expect(text).toContain('expected: OPTIMIZER.lr: 0.002');
    expect(text).toContain('got:      OPTIMIZER.lr: 0.005');
    expect(text).not.toContain('SEED');
  });

  test('names the option that differs', async () => {
    expect(await message({ views: 3 })).toMatch(/expected: --views: 0\n {2}got: {6}--views: 3/);
  });

  test('names the annotation file and how much it lists', async () => {
    const text = await message({ csv: 'img_path,label\na.png,x\n' });
    expect(text).toContain(`data set csv:own.csv in ${csv}: 2 images of 2 classes, sha256`);
    expect(text).toContain(`data set csv:own.csv in ${csv}: 1 image of 1 class, sha256`);
  });

  test('notices other labels of as many images', async () => {
    expect(await message({ csv: 'img_path,label\na.png,x\nc.png,y\n' })).toContain('own.csv');
  });

  test('names the weights', async () => {
    expect(await message({ weights: 'two' })).toContain(`backbone weights in ${weights}: sha256`);
  });
});

test('text of another form is no fingerprint', () => {
  expect(parseFingerprint('8f3a')).toBeUndefined();
  expect(parseFingerprint('12')).toBeUndefined();
  expect(parseFingerprint('')).toBeUndefined();
});
