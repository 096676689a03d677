import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMIT, MockHub } from '../../test/mock-hub.ts';
import { openSafetensors, readTensor, writeSafetensors } from '../formats/safetensors.ts';
import { localDirOf, readLocalModel } from './local-dir.ts';
import { parseHubId } from './names.ts';
import { findBackboneWeights, type WeightsHooks, type WeightsRequest } from './weights.ts';

const fixture = (name: string) => join(import.meta.dirname, '../../test/fixtures/torch', name);

let folder: string;
let hub: MockHub;
let safetensors: Uint8Array;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mdfe-weights-'));
  hub = await MockHub.start();
  safetensors = await readFile(fixture('expected.safetensors'));
});
afterEach(async () => {
  await hub.close();
  await rm(folder, { recursive: true });
});

const find = (request: Partial<WeightsRequest>, offline = false, hooks: WeightsHooks = {}) =>
  findBackboneWeights(
    { modelName: 'a_model', library: 'timm', hubId: 'org/model', ...request },
    {
      settings: { endpoint: hub.endpoint, token: undefined, cacheDir: join(folder, 'hub'), offline },
      cacheDir: join(folder, 'own'),
      retryDelay: 1,
      ...hooks,
    },
  );
const publish = async (name: string, content: Uint8Array | string) =>
  hub.files.set(
    `org/model/${name}`,
    typeof content === 'string' ? await readFile(fixture(content)) : content,
  );
const namesIn = async (path: string) => [...(await openSafetensors(path)).tensors.keys()].sort();

describe('findBackboneWeights', () => {
  it('prefers safetensors', async () => {
    await publish('model.safetensors', safetensors);
    await publish('pytorch_model.bin', 'state-dict.bin');
    const found = await find({});
    expect(found).toMatchObject({ kind: 'safetensors', path: found.origin, source: `org/model@${COMMIT}` });
    expect(await namesIn(found.path)).toHaveLength(14);
  });

  it('converts a PyTorch checkpoint once, and again when it changes', async () => {
    await publish('pytorch_model.bin', 'state-dict.bin');
    const converting: number[] = [];
    const hooks = { onConverting: (done: number) => converting.push(done) };
    const found = await find({}, false, hooks);
    expect(found.kind).toBe('torch');
    expect(converting.at(-1)).toBe(1);
    expect(found.origin).toMatch(/snapshots.*pytorch_model\.bin$/);
    converting.length = 0;
    expect(await find({}, true, hooks)).toEqual(found);
    expect(converting).toEqual([]);
    const expected = await openSafetensors(fixture('expected.safetensors'));
    const got = await openSafetensors(found.path);
    for (const name of expected.tensors.keys())
      expect(await readTensor(got, name), name).toEqual(await readTensor(expected, name));

    const copy = join(folder, 'copy.bin');
    await writeFile(copy, await readFile(fixture('state-dict.bin')));
    const first = await find({ localFile: copy });
    await utimes(copy, new Date(0), new Date(0));
    expect((await find({ localFile: copy })).path).not.toBe(first.path);
    expect((await readdir(join(folder, 'own', 'converted'))).every((f) => f.endsWith('.safetensors'))).toBe(
      true,
    );
  });

  it("takes OpenCLIP's files and only the visual tower of a checkpoint", async () => {
    await publish('model.safetensors', safetensors.subarray(0, 10));
    await publish('open_clip_pytorch_model.bin', 'state-dict.bin');
    const found = await find({ library: 'open_clip', hubId: 'org/model/' });
    expect(found.kind).toBe('torch');
    expect(await namesIn(found.path)).toHaveLength(13);
    await publish('special/weights.pt', 'wrapped.pt');
    const special = await find({ library: 'open_clip', hubId: 'org/model/special/weights.pt' });
    expect(special.origin).toMatch(/special.weights\.pt$/);
    expect(await namesIn(special.path)).toHaveLength(13);
  });

  it('gets all shards of an index', async () => {
    const shard = async (name: string, tensor: string) => {
      const path = join(folder, name);
      await writeSafetensors(path, [[tensor, { shape: [1], data: Float32Array.of(1) }]]);
      await publish(name, await readFile(path));
    };
    await shard('model-1.safetensors', 'a');
    await shard('model-2.safetensors', 'b');
    const map = { weight_map: { a: 'model-1.safetensors', b: 'model-2.safetensors' } };
    await publish('model.safetensors.index.json', new TextEncoder().encode(JSON.stringify(map)));
    hub.files.delete('org/model/model-2.safetensors');
    await expect(find({})).rejects.toThrow(/a part of these weights[\s\S]*the file model-2\.safetensors/);
    await shard('model-2.safetensors', 'b');
    const found = await find({});
    expect(found.kind).toBe('sharded');
    expect(await namesIn(found.path)).toEqual(['a', 'b']);
    expect(await find({}, true)).toEqual(found);
    await rm(join(folder, 'hub'), { recursive: true });
    await publish('model.safetensors.index.json', new TextEncoder().encode('{"weight_map": {"a": "../x"}}'));
    await expect(find({})).rejects.toThrow(/no index of weight files/);
  });

  it('says what to delete where a file of the cache is damaged', async () => {
    await publish('pytorch_model.bin', safetensors.subarray(0, 5));
    const content = join(folder, 'hub', 'models--org--model', 'blobs');
    await expect(find({})).rejects.toThrow(
      new RegExp(`not a zip archive[\\s\\S]*to do: +delete ${content}/[0-9a-f]{64} and run`),
    );
  });

  it('uses what is in the cache, even if second best', async () => {
    await publish('pytorch_model.bin', 'state-dict.bin');
    await find({});
    await publish('model.safetensors', safetensors);
    const before = hub.seen.length;
    expect((await find({})).kind).toBe('torch');
    expect(hub.seen).toHaveLength(before);
  });

  it('says what is missing', async () => {
    await publish('README.md', new Uint8Array(1));
    await expect(find({})).rejects.toThrow(/holds no weights of a_model[\s\S]*pytorch_model\.bin/);
    await expect(find({}, true)).rejects.toThrow(expect.objectContaining({ code: 'hub/offline' }));
    await expect(find({ hubId: null, weightsTag: 'x' })).rejects.toThrow(
      /no weights.*with the tag x[\s\S]*--backbone-weights/,
    );
    await expect(find({ hubId: 'org/other' })).rejects.toThrow(/no such repository/);
  });

  it.each([
    ['a missing file', 'none.bin', undefined, /there is no file/],
    ['a pointer of Git LFS', 'a.safetensors', 'version https://git-lfs.github.com/spec/v1\n', /git lfs pull/],
    ['a web page', 'a.safetensors', '<!DOCTYPE html>', /a web page/],
    ['an unknown pickle', 'a.bin', '\x80\x02N.', /not a zip archive/],
  ])('refuses %s as a local file', async (_, name, content, message) => {
    const path = join(folder, name);
    if (content !== undefined) await writeFile(path, content, 'latin1');
    await expect(find({ localFile: path })).rejects.toThrow(message);
    await expect(find({ localFile: folder })).rejects.toThrow(/a folder/);
  });
});

describe('local folders', () => {
  it('reads model and weights as timm writes them', async () => {
    const dir = join(folder, 'm');
    await mkdir(dir);
    await expect(readLocalModel(dir)).rejects.toThrow(/no config\.json/);
    await expect(find({ localDir: dir })).rejects.toThrow(/holds no weights/);
    await writeFile(join(dir, 'config.json'), '{');
    await expect(readLocalModel(dir)).rejects.toThrow(/not JSON/);
    const config = {
      architecture: 'vit_small_patch14_dinov2',
      num_features: 384,
      model_args: { depth: 2 },
      pretrained_cfg: { input_size: [3, 98, 98], mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
    };
    await writeFile(join(dir, 'config.json'), JSON.stringify(config));
    expect(await readLocalModel(dir)).toMatchObject({ imageSize: 98, args: { depth: 2 } });
    await writeFile(join(dir, 'model.safetensors'), safetensors);
    expect(await find({ localDir: dir })).toMatchObject({
      kind: 'safetensors',
      source: join(dir, 'model.safetensors'),
    });
    expect(localDirOf('local-dir:/a/b')).toBe('/a/b');
    expect(localDirOf('vit')).toBeUndefined();
  });
});

describe('parseHubId', () => {
  it.each([
    ['org/name', { repo: 'org/name', revision: 'main', file: '' }],
    ['org/name/', { repo: 'org/name', revision: 'main', file: '' }],
    ['hf-hub:org/name@v1', { repo: 'org/name', revision: 'v1', file: '' }],
    ['org/na.me/a/b.bin', { repo: 'org/na.me', revision: 'main', file: 'a/b.bin' }],
  ])('reads %s', (id, expected) => {
    expect(parseHubId(id)).toEqual(expected);
  });
  it.each(['name', '../x', 'org/..', 'org/name/../x', ''])('refuses %j', (id) => {
    expect(() => parseHubId(id)).toThrow(/cannot be used/);
  });
});
