// The pretrained backbone that comes with MDFE: media/vit-drawn-64.
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageFile } from '../src/common/dist.ts';
import { knownModels } from '../src/config/known-models.ts';
import { parseConfig } from '../src/config/parse.ts';
import { buildDrawnSet } from '../src/data/drawn/build.ts';
import { DRAWN_SETS } from '../src/data/drawn/sets.ts';
import { retrievalSet } from '../src/eval/hold-out.ts';
import { ThumbnailStore } from '../src/features/thumbnails.ts';
import { openSafetensors } from '../src/formats/safetensors.ts';
import { parameterCount } from '../src/graph/ops.ts';
import { buildModel } from '../src/models/build.ts';
import { checkWeights } from '../src/models/check-weights.ts';
import { OWN_MODELS } from '../src/models/own-models.ts';
import { evaluate } from '../src/train/evaluate.ts';
import { HeldOutScorer } from '../src/train/held-out-scorer.ts';

const folderOf = (name: string) => packageFile(name.replace('local-dir:', ''));

test.each(OWN_MODELS)('$name: small, complete and described', async (model) => {
  const folder = folderOf(model.name);
  const path = join(folder, 'model.safetensors');
  expect(statSync(path).size).toBeLessThanOrEqual(6e6);
  const { tensors } = await openSafetensors(path);
  const graph = buildModel(model, { projection: false, imageSize: model.imageSize, published: tensors });
  checkWeights(graph, tensors, path, model.name);
  expect(tensors.size).toBe(graph.weights.size);
  expect([...tensors.values()].every(({ dtype }) => dtype === 'F16')).toBe(true);
  expect(parameterCount(graph)).toBe(model.params);
  expect(model.params).toBeLessThanOrEqual(3e6);
  const card = readFileSync(join(folder, 'README.md'), 'utf8');
  for (const word of ['Licence', 'mdfe train', 'mdfe draw', 'raw pixels', model.params.toLocaleString('en')])
    expect(card).toContain(word);
});

const dir = mkdtempSync(join(tmpdir(), 'mdfe-own-'));
const drawn = { ...DRAWN_SETS.demo, classesPerDomain: 20, heldOut: 1, root: dir, seed: 1 };
beforeAll(() => buildDrawnSet(drawn));
afterAll(() => rmSync(dir, { recursive: true }));

test('its features find classes that it never saw better than raw pixels and random weights do', async () => {
  const text = readFileSync(packageFile('configs/demo.yaml'), 'utf8')
    .replace(/embedding_dim: \d+/, 'embedding_dim: 128')
    .replace('neck_type: proj_layer', 'neck_type: pooling'); // as wide as the backbone: its features
  const { config } = parseConfig(text, 'demo.yaml', { models: knownModels });
  const set = await retrievalSet(config!, dir);
  const all = Int32Array.from({ length: set.length }, (_, i) => i);
  const pixels = new ThumbnailStore(set, 8);
  const raw = await new HeldOutScorer(set, pixels, all, 'euclidean').score((x) => x, pixels.width);
  const options = { device: 'auto', skipBadImages: false, cacheDir: join(dir, 'cache') };
  const score = async (fromScratch: boolean) => {
    const request = { config: config!, options: { ...options, fromScratch }, dataDir: dir };
    const { scores } = await evaluate({ ...request, metric: 'euclidean' }, {});
    return scores.metrics['mMP@5'];
  };
  const own = await score(false);
  expect(raw.queries).toBe(240); // three drawings of each of 80 classes
  expect(own).toBeGreaterThan(raw.metrics['mMP@5'] + 0.05);
  expect(own).toBeGreaterThan((await score(true)) + 0.1);
});
