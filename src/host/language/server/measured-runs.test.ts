import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { MeasuredRuns } from './measured-runs.ts';

const root = mkdtempSync(join(tmpdir(), 'mdfe-measured-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const conditions = {
  model: 'vit_small_patch14_dinov2',
  imageSize: 98,
  fineTuning: false,
  optimizer: 'Adam',
  batchSize: 128,
  embeddingDim: 64,
  classes: 10,
  centres: 3,
};

function writeRun(name: string, created: string, measured: object | undefined): void {
  mkdirSync(join(root, name), { recursive: true });
  const engine = { name: 'kernels', device: 'some CPU', rejected: [] };
  writeFileSync(
    join(root, name, 'run.json'),
    JSON.stringify({ name, created, measured, trainEngine: engine }),
  );
}

test('what runs measured, the newest first; other folders are passed over', async () => {
  writeRun('old', '2026-01-01', { ...conditions, featureSpeed: 41.27, stepSeconds: 0.0555 });
  writeRun('new', '2026-02-01', { ...conditions, stepSeconds: 0.1 });
  writeRun('waiting', '2026-03-01', conditions);
  writeRun('before', '2025-03-01', undefined);
  mkdirSync(join(root, 'no-run'));
  mkdirSync(join(root, 'damaged'));
  writeFileSync(join(root, 'damaged', 'run.json'), '{"name": ');
  writeFileSync(join(root, 'file'), '');
  const runs = new MeasuredRuns();
  expect(await runs.below(root)).toEqual([
    { ...conditions, name: 'new', stepSeconds: 0.1, trainDevice: 'some CPU' },
    { ...conditions, name: 'old', featureSpeed: 41, stepSeconds: 0.056, trainDevice: 'some CPU' },
  ]);

  writeRun('new', '2026-02-01', { ...conditions, stepSeconds: 0.2 });
  utimesSync(join(root, 'new', 'run.json'), 1, 1);
  expect((await runs.below(root))[0]!.stepSeconds).toBe(0.2);
});

test('there may be no output folder', async () => {
  expect(await new MeasuredRuns().below(join(root, 'none'))).toEqual([]);
});
