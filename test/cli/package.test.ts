import { execFile } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { distFile } from '../../src/common/dist.ts';
import { Rng } from '../../src/common/rng.ts';
import { openSafetensors, readTensor, writeSafetensors } from '../../src/formats/safetensors.ts';
import { openZip } from '../../src/formats/zip.ts';
import { runImageModel } from '../../src/package/check-onnx.ts';
import type { Notebook } from '../../src/package/kaggle/notebook.ts';
import type { Manifest } from '../../src/package/manifest.ts';
import type { PackageReport } from '../../src/package/report.ts';
import { readRunRecord } from '../../src/run/reader.ts';
import { expectClose } from '../golden-tensors.ts';
import { NO_TORCH, PYTHON, runTorch } from '../torch/python.ts';
import { interrupted, mdfe } from './mdfe.ts';
import { fineTuningConfig, writeTinyBackbone } from './tiny-backbone.ts';
import { makeWorkspace, type Workspace } from './workspace.ts';

const WIDTH = 384; // of ViT-S
const NAME = 'packaged';
const LAST = `${NAME}_epoch4`;
/** Width and height of the pictures that all ways of inference see. */
const PICTURES = [
  [90, 40],
  [17, 23],
  [28, 28],
] as const;

let w: Workspace;
let run: string;
const text = (path: string) => readFileSync(path, 'utf8');
const json = <T>(path: string) => JSON.parse(text(path)) as T;
const only = (dir: string, end: string) => join(dir, readdirSync(dir).find((name) => name.endsWith(end))!);

const made = new Map<string, Promise<string>>();
/** Folder of a package of the run, made once for each choice of options; to be read only. */
function packaged(...args: readonly string[]): Promise<string> {
  const key = args.join(' ');
  if (!made.has(key)) made.set(key, freshlyPackaged(...args));
  return made.get(key)!;
}

async function freshlyPackaged(...args: readonly string[]): Promise<string> {
  const dir = mkdtempSync(join(w.dir, 'package-'));
  const { code, stderr } = await mdfe('package', run, '--output', dir, ...args);
  expect(stderr).not.toMatch(/error/);
  expect(code).toBe(0);
  return dir;
}

beforeAll(async () => {
  process.env.KAGGLE_USERNAME = 'somebody';
  w = await makeWorkspace();
  const { code, stderr } = await mdfe(...w.train(w.config('plain'), '--name', NAME));
  if (code !== 0) throw new Error(stderr);
  run = join(w.results, NAME);
});
afterAll(() => rmSync(w.dir, { recursive: true }));

describe('mdfe package', () => {
  test('writes model, archive, notebook, metadata and manifest', async () => {
    const dir = await packaged();
    expect(readdirSync(dir).toSorted()).toEqual(
      [
        'dataset',
        'kernel-metadata.json',
        `${LAST}.pt`,
        `${LAST}.pt.manifest.json`,
        `${LAST}.zip`,
        `submission-${LAST}.ipynb`,
      ].toSorted(),
    );
    const manifest = json<Manifest>(join(dir, `${LAST}.pt.manifest.json`));
    expect(manifest).toMatchObject({ name: LAST, embeddingDim: 16, imageSize: 28, weights: 'float32' });
    expect(manifest.size).toBe(statSync(join(dir, `${LAST}.pt`)).size);
    const zip = await openZip(join(dir, `${LAST}.zip`));
    try {
      expect([...zip.entries.keys()]).toEqual([`${LAST}.pt`, 'config.yaml']);
      expect(zip.entries.get(`${LAST}.pt`)!.size).toBe(manifest.size);
    } finally {
      await zip.close();
    }
    const kernel = json<Record<string, unknown>>(join(dir, 'kernel-metadata.json'));
    const dataset = json<{ id: string; title: string }>(join(dir, 'dataset', 'dataset-metadata.json'));
    expect(kernel).toMatchObject({
      id: `somebody/submission-packaged-epoch4`,
      title: 'submission-packaged-epoch4',
      code_file: `submission-${LAST}.ipynb`,
      enable_internet: 'false',
      dataset_sources: [dataset.id],
      competition_sources: ['google-universal-image-embedding'],
    });
    expect(readdirSync(join(dir, 'dataset')).toSorted()).toEqual(['dataset-metadata.json', `${LAST}.zip`]);
  });

  test('reports to a program what it wrote, with warnings', async () => {
    const output = mkdtempSync(join(w.dir, 'json-'));
    const { code, stdout, stderr } = await mdfe(
      'package',
      run,
      '--output',
      output,
      '--json',
      '--json-progress',
    );
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as PackageReport;
    expect(report).toMatchObject({
      model: join(output, `${LAST}.pt`),
      manifest: { name: LAST, embeddingDim: 16 },
      kaggle: { zip: join(output, `${LAST}.zip`), kernelDir: output, userKnown: true },
      warnings: [],
    });
    for (const line of stderr.trim().split('\n'))
      expect(JSON.parse(line)).toMatchObject({ type: 'status', text: expect.stringContaining('writing') });
  });

  test('stops when asked, and leaves nothing behind', async () => {
    const output = mkdtempSync(join(w.dir, 'stopped-'));
    const args = ['package', run, '--output', output, '--json-progress'];
    expect((await interrupted(args, { signal: 'SIGTERM', type: 'status' })).code).toBe(130);
    expect(readdirSync(output)).toEqual([]);
  });

  test('takes the checkpoint of an epoch, and goes into the run folder by default', async () => {
    const { code } = await mdfe('package', run, '--epoch', '2');
    expect(code).toBe(0);
    expect(existsSync(join(run, 'packages', 'epoch2', `${NAME}_epoch2.pt`))).toBe(true);
  });

  test('half precision halves the size', async () => {
    const [whole, half] = [await packaged(), await packaged('--half')];
    const size = (dir: string) => statSync(join(dir, `${LAST}.pt`)).size;
    expect(size(half) / size(whole)).toBeCloseTo(0.5, 2);
  });
});

describe('the same pictures give the same numbers', () => {
  let embeddings: Float32Array;
  let pixels: { readonly file: string; readonly shape: readonly [1, 3, number, number] }[];

  beforeAll(async () => {
    pixels = [];
    const files: string[] = [];
    for (const [i, [width, height]] of PICTURES.entries()) {
      const rng = new Rng(5, i);
      const rgb = Uint8Array.from({ length: width * height * 3 }, () => rng.below(256));
      files.push(join(w.dir, `picture-${i}.png`));
      await sharp(rgb, { raw: { width, height, channels: 3 } })
        .png()
        .toFile(files[i]!);
      const planes = Uint8Array.from(
        rgb,
        (_, p) => rgb[(p % (width * height)) * 3 + Math.floor(p / (width * height))]!,
      );
      const file = join(w.dir, `picture-${i}.raw`);
      writeFileSync(file, planes);
      pixels.push({ file, shape: [1, 3, height, width] });
    }
    const output = join(w.dir, 'embeddings.safetensors');
    const { code, stderr } = await mdfe(
      'embed',
      run,
      ...files,
      '--output',
      output,
      '--cache-dir',
      join(w.dir, 'cache'),
    );
    if (code !== 0) throw new Error(stderr);
    embeddings = await readTensor(await openSafetensors(output), 'embeddings');
  });

  const compare = (got: readonly ArrayLike<number>[], tolerance: number) =>
    got.forEach((numbers, i) => {
      expectClose(`picture ${i}`, numbers, embeddings.subarray(i * 16, (i + 1) * 16), tolerance);
    });

  test.each([
    ['float32', [], 1e-4],
    ['float16', ['--half'], 1e-2],
  ] as const)('from mdfe embed and ONNX in %s', async (_, options, tolerance) => {
    const model = join(await packaged('--format', 'onnx', ...options), `${LAST}.onnx`);
    const numbers = pixels.map(({ file, shape }) => runImageModel(model, readFileSync(file), shape));
    compare(await Promise.all(numbers), tolerance);
  });

  test.skipIf(!PYTHON).each([
    ['float32', [], 1e-4],
    ['float16', ['--half'], 1e-2],
  ] as const)(
    `from mdfe embed and PyTorch in %s${PYTHON ? '' : ` (${NO_TORCH})`}`,
    async (_, options, tolerance) => {
      const model = join(await packaged(...options), `${LAST}.pt`);
      const images = pixels.map((image) => ({ ...image, dtype: 'uint8' as const }));
      const [result] = runTorch([{ model, resaved: join(w.dir, 'resaved.pt'), images }]);
      expect(result!.damaged).toBeNull();
      expect(result!.same).toBe(true);
      compare(result!.outputs, tolerance);
    },
  );
});

describe('a run that trained its backbone too', () => {
  const [SIDE, EPOCHS] = [14, 2];
  let dir: string;

  beforeAll(async () => {
    const tiny = join(w.dir, 'tiny');
    await writeTinyBackbone(tiny, SIDE);
    const config = w.config('fine', (text) => fineTuningConfig(text, tiny, SIDE, EPOCHS));
    const args = w.train(config, '--name', 'fine', '--device', 'wasm').slice(0, -2); // its own backbone weights
    const { code, stderr } = await mdfe(...args);
    if (code !== 0) throw new Error(stderr);
    dir = join(w.results, 'fine');
  });

  test('is packaged with the backbone of the checkpoint', async () => {
    const [output, embedded] = [join(dir, 'out'), join(dir, 'embeddings.safetensors')];
    expect((await mdfe('package', dir, '--format', 'onnx', '--output', output)).code).toBe(0);
    const [width, height] = PICTURES[0];
    const rng = new Rng(9);
    const rgb = Uint8Array.from({ length: width * height * 3 }, () => rng.below(256));
    const picture = join(dir, 'picture.png');
    await sharp(rgb, { raw: { width, height, channels: 3 } })
      .png()
      .toFile(picture);
    const planes = Uint8Array.from(
      rgb,
      (_, p) => rgb[(p % (width * height)) * 3 + Math.floor(p / (width * height))]!,
    );
    const cache = join(w.dir, 'cache');
    const { code, stderr } = await mdfe('embed', dir, picture, '--output', embedded, '--cache-dir', cache);
    expect(stderr).not.toMatch(/error/);
    expect(code).toBe(0);
    const expected = await readTensor(await openSafetensors(embedded), 'embeddings');
    const got = await runImageModel(join(output, `fine_epoch${EPOCHS}.onnx`), planes, [1, 3, height, width]);
    expectClose('embedding', got, expected, 1e-4);
  });

  test('a checkpoint without the backbone is refused', async () => {
    const path = join(dir, 'checkpoints', `fine_epoch${EPOCHS}.safetensors`);
    const bytes = readFileSync(path);
    const whole = await openSafetensors(path);
    const neck = [];
    for (const name of ['neck.neck.1.weight', 'neck.neck.1.bias'])
      neck.push([
        name,
        { shape: whole.tensors.get(name)!.shape, data: await readTensor(whole, name) },
      ] as const);
    await writeSafetensors(path, neck);
    const { code, stderr } = await mdfe('package', dir, '--output', join(dir, 'out2'));
    writeFileSync(path, bytes);
    expect(stderr).toMatch(/blocks\.0\.\S+ is missing/);
    expect(code).toBe(1);
  });
});

describe('the notebook', () => {
  test('is nbformat 4, and needs the standard library alone', async () => {
    const dir = await packaged();
    const notebook = json<Notebook>(join(dir, `submission-${LAST}.ipynb`));
    expect(notebook).toMatchObject({ nbformat: 4, nbformat_minor: 5 });
    expect(new Set(notebook.cells.map((cell) => cell.id)).size).toBe(notebook.cells.length);
    for (const cell of notebook.cells) {
      expect(cell.id).toMatch(/^[a-zA-Z0-9-_]{1,64}$/);
      expect('outputs' in cell).toBe(cell.cell_type === 'code');
    }
    const source = notebook.cells.flatMap((cell) => cell.source).join('');
    expect(source).toContain(`model_name = "${LAST}"`);
    const imports = [...source.matchAll(/^import (\w+)/gm)].map(([, name]) => name);
    expect(imports).not.toContain('gdown');
    expect(imports).not.toContain('torch');
  });

  let served: Server;
  let servedFolder = '';
  beforeAll(async () => {
    served = createServer((request, response) => {
      response.end(readFileSync(join(servedFolder, request.url!.slice(1))));
    });
    await new Promise<void>((resolve) => served.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => served.close());

  async function execute(dir: string, input: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
    const working = mkdtempSync(join(w.dir, 'working-'));
    const script = join(import.meta.dirname, '..', 'torch', 'run-notebook.py');
    await promisify(execFile)(PYTHON!, [script, only(dir, '.ipynb')], {
      env: { ...process.env, ...env, MDFE_KAGGLE_INPUT: input, MDFE_KAGGLE_WORKING: working },
    });
    return join(working, 'submission.zip');
  }

  async function expectSubmission(dir: string, submission: string) {
    const zip = await openZip(submission);
    const unpacked = join(w.dir, 'saved_model.pt');
    try {
      expect([...zip.entries.keys()]).toEqual(['saved_model.pt']);
      writeFileSync(unpacked, await zip.read(zip.entry('saved_model.pt'), 1 << 30));
    } finally {
      await zip.close();
    }
    expect(readFileSync(unpacked).equals(readFileSync(only(dir, '.pt')))).toBe(true);
    const image = join(w.dir, 'image.raw');
    writeFileSync(image, new Uint8Array(3 * 50 * 60));
    const images = [{ file: image, shape: [1, 3, 50, 60], dtype: 'uint8' }] as const;
    expect(runTorch([{ model: unpacked, resaved: null, images }])[0]!.shapes).toEqual([[1, 16]]);
  }

  describe.skipIf(!PYTHON)(`submits${PYTHON ? '' : ` (${NO_TORCH})`}`, () => {
    test.each([
      ['unpacked', (dir: string, input: string) => linkSync(only(dir, '.pt'), join(input, `${LAST}.pt`))],
      ['packed', (dir: string, input: string) => linkSync(only(dir, '.zip'), join(input, 'a.zip'))],
    ])('from an attached data set, %s', async (_, attach) => {
      const dir = await packaged();
      const input = mkdtempSync(join(w.dir, 'input-'));
      mkdirSync(join(input, 'some-set', 'deeper'), { recursive: true });
      attach(dir, join(input, 'some-set', 'deeper'));
      await expectSubmission(dir, await execute(dir, input));
    });

    test('from a link', async () => {
      const { port } = served.address() as AddressInfo;
      const dir = await packaged('--drive-url', `http://127.0.0.1:${port}/${LAST}.zip`);
      servedFolder = dir;
      await expectSubmission(dir, await execute(dir, mkdtempSync(join(w.dir, 'input-'))));
    });

    test.each([
      'https://drive.google.com/file/d/1Ab-c_9/view?usp=sharing',
      'https://drive.google.com/open?usp=drive_copy&id=1Ab-c_9',
    ])('from Google Drive, by gdown: %s', async (link) => {
      const dir = await packaged('--drive-url', link);
      const modules = mkdtempSync(join(w.dir, 'gdown-'));
      // The parameters that all its versions have in common.
      writeFileSync(
        join(modules, 'gdown.py'),
        `import shutil
def download(url, output):
    assert url == "https://drive.google.com/uc?id=1Ab-c_9", url
    shutil.copyfile(${JSON.stringify(only(dir, '.zip'))}, output)
`,
      );
      const input = mkdtempSync(join(w.dir, 'input-'));
      await expectSubmission(dir, await execute(dir, input, { PYTHONPATH: modules }));
    });

    test('refuses a damaged model', async () => {
      const dir = await packaged();
      const input = mkdtempSync(join(w.dir, 'input-'));
      const bytes = readFileSync(only(dir, '.pt'));
      bytes[bytes.length >> 1]! ^= 1;
      writeFileSync(join(input, `${LAST}.pt`), bytes);
      await expect(execute(dir, input)).rejects.toThrow(/checksum/);
    });

    test('says what to attach where nothing is', async () => {
      const dir = await packaged();
      await expect(execute(dir, mkdtempSync(join(w.dir, 'input-')))).rejects.toThrow(/add the data set/);
    });
  });
});

describe('mdfe zero-shot', () => {
  const zeroShot = (name: string, change: (text: string) => string, ...args: readonly string[]) =>
    mdfe('zero-shot', w.config(name, change), '--backbone-weights', w.weights, ...args);
  const named = (name: string, neck: string, dir: string) => (config: string) =>
    config.replace('MODEL:', `MODEL:\n  name: ${name}\n  output_dir: ${dir}\n  NECK: { neck_type: ${neck} }`);

  test.each(['proj_layer', 'pooling'])('with the %s neck gives the same file again', async (neck) => {
    const [a, b] = [mkdtempSync(join(w.dir, 'a-')), mkdtempSync(join(w.dir, 'b-'))];
    for (const dir of [a, b]) expect((await zeroShot(neck, named(neck, neck, dir))).code).toBe(0);
    const model = (dir: string) => join(dir, 'zero_shot_models', `${neck}.pt`);
    expect(readFileSync(model(a)).equals(readFileSync(model(b)))).toBe(true);
    expect(existsSync(join(a, 'zero_shot_models', `${neck}.zip`))).toBe(true);
    if (!PYTHON) return;
    const image = join(w.dir, 'zero-shot.raw');
    writeFileSync(image, new Uint8Array(3 * 30 * 30).fill(100));
    const images = [{ file: image, shape: [1, 3, 30, 30], dtype: 'uint8' }] as const;
    const [result] = runTorch([{ model: model(a), resaved: null, images }]);
    expect(result!.shapes).toEqual([[1, 16]]);
    expect('neck.neck.1.weight' in result!.state).toBe(neck === 'proj_layer');
  });

  test('warns where the challenge takes no such embedding', async () => {
    const { code, stderr } = await zeroShot('wide', (config) =>
      named('wide', 'proj_layer', w.dir)(config).replace('embedding_dim: 16', 'embedding_dim: 65'),
    );
    expect(stderr).toMatch(/at most 64/);
    expect(code).toBe(0);
  });

  test('missing weights are an error', async () => {
    const { code, stderr } = await mdfe(
      'zero-shot',
      w.config('plain'),
      '--backbone-weights',
      'no-such.safetensors',
    );
    expect(stderr).toMatch(/no-such\.safetensors/);
    expect(code).toBe(1);
  });
});

describe('bad input', () => {
  const copyOfRun = () => {
    const dir = mkdtempSync(join(w.dir, 'run-'));
    cpSync(run, dir, { recursive: true, filter: (path) => !path.includes('packages') });
    return dir;
  };
  const failing = async (dir: string, ...args: readonly string[]) => {
    const output = join(dir, 'out');
    const { code, stderr } = await mdfe('package', dir, '--output', output, ...args);
    const left = existsSync(output) ? readdirSync(output) : [];
    return { code, stderr, left };
  };

  test('the backbone of a run that trained none', async () => {
    const { code, stderr } = await mdfe('package', run, '--format', 'backbone');
    expect(stderr).toMatch(/trained no backbone[\s\S]*--format pt/);
    expect(code).toBe(2);
  });

  test('a folder that holds no run', async () => {
    const { code, stderr } = await failing(mkdtempSync(join(w.dir, 'empty-')));
    expect(stderr).toMatch(/no run in this folder/);
    expect(code).toBe(2);
  });

  test('a run without a checkpoint', async () => {
    const dir = copyOfRun();
    const { lastCheckpoint: _, ...record } = readRunRecord(dir)!;
    writeFileSync(join(dir, 'run.json'), JSON.stringify(record));
    const { code, stderr } = await failing(dir);
    expect(stderr).toMatch(/no checkpoint yet/);
    expect(code).toBe(1);
  });

  test('an epoch without a checkpoint names those that are there', async () => {
    const { code, stderr } = await failing(run, '--epoch', '3');
    expect(stderr).toMatch(/epoch 2, 4/);
    expect(code).toBe(2);
  });

  test('an epoch of which only the best checkpoint was kept', async () => {
    const dir = copyOfRun();
    const file = join('checkpoints', `${LAST}.safetensors`);
    writeFileSync(join(dir, 'run.json'), JSON.stringify({ ...readRunRecord(dir)!, bestCheckpoint: file }));
    const best = { v: 1, seq: 1e6, time: 0, type: 'checkpoint', step: 9, epoch: 3, file, reason: 'best' };
    appendFileSync(join(dir, 'events.jsonl'), `${JSON.stringify(best)}\n`);
    const { code, stderr } = await failing(dir, '--epoch', '3');
    expect(stderr).toMatch(/epoch 2, 4\n[\s\S]*--epoch best/);
    expect(code).toBe(2);
  });

  test('a checkpoint of another configuration', async () => {
    const dir = copyOfRun();
    const path = join(dir, 'checkpoints', `${LAST}.safetensors`);
    await writeSafetensors(path, [
      ['neck.neck.1.weight', { shape: [8, WIDTH], data: new Float32Array(8 * WIDTH) }],
      ['neck.neck.1.bias', { shape: [8], data: new Float32Array(8) }],
    ]);
    const { code, stderr, left } = await failing(dir);
    expect(stderr).toMatch(/neck\.neck\.1\.weight is \[8, 384\], not \[16, 384\]/);
    expect(code).toBe(1);
    expect(left).toEqual([]);
  });

  test('files that are there are kept, unless --force is given', async () => {
    const dir = await freshlyPackaged();
    const model = join(dir, `${LAST}.pt`);
    writeFileSync(model, 'mine');
    const { code, stderr } = await mdfe('package', run, '--output', dir);
    expect(stderr).toMatch(/exist already[\s\S]*--force/);
    expect(code).toBe(2);
    expect(text(model)).toBe('mine');
    expect((await mdfe('package', run, '--output', dir, '--force')).code).toBe(0);
    expect(statSync(model).size).toBeGreaterThan(1e6);
  });

  test('missing backbone weights', async () => {
    const { code, stderr, left } = await failing(run, '--backbone-weights', join(w.dir, 'gone.safetensors'));
    expect(stderr).toMatch(/gone\.safetensors/);
    expect(code).toBe(1);
    expect(left).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')(
    'a disk that is full half-way leaves nothing half-written',
    async () => {
      const dir = mkdtempSync(join(w.dir, 'full-'));
      // A limit on the size of files stops the writing as a full disk does.
      const command = `ulimit -f 20000; exec "${process.execPath}" "${distFile('cli.mjs')}" package "${run}" --output "${dir}"`;
      await expect(promisify(execFile)('bash', ['-c', command])).rejects.toThrow(/no larger files/);
      expect(readdirSync(dir)).toEqual([]);
    },
  );

  test('a copy of a weight file that ends early', async () => {
    const cut = join(w.dir, 'cut.safetensors');
    copyFileSync(w.weights, cut);
    writeFileSync(cut, readFileSync(cut).subarray(0, 1_000_000));
    const { code, left } = await failing(run, '--backbone-weights', cut);
    expect(code).toBe(1);
    expect(left).toEqual([]);
  });
});
