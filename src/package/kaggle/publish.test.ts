import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installFakeKaggle } from '../../../test/fake-kaggle.mjs';
import { checkUploaded, parsePercent, parsePushed, parseStatus, parseUser } from './answers.ts';
import { nameKaggleUser, readKagglePackage } from './kaggle-package.ts';
import { datasetMetadata, kernelMetadata, UNKNOWN_USER } from './metadata.ts';
import { isPublished, publish } from './publish.ts';
import { findKaggle, kaggleRunner, type RunKaggle } from './run-kaggle.ts';

const NAME = 'run_epoch2';
const PAUSE = { pause: 1 };
let dir: string;
let kernelDir: string;
let fake: ReturnType<typeof installFakeKaggle>;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mdfe-publish-'));
  fake = installFakeKaggle(join(dir, 'bin'));
  kernelDir = join(dir, 'package');
  makePackage(UNKNOWN_USER);
});
afterEach(() => rmSync(dir, { recursive: true }));

function makePackage(user: string): void {
  const manifest = { version: 1, format: 'pt', size: 1, sha256: '0', weights: 'float32' } as const;
  const facts = { ...manifest, name: NAME, file: `${NAME}.pt`, embeddingDim: 64, imageSize: 224 };
  const notebook = `submission-${NAME}.ipynb`;
  mkdirSync(join(kernelDir, 'dataset'), { recursive: true });
  writeFileSync(join(kernelDir, notebook), '{}');
  writeFileSync(join(kernelDir, 'dataset', `${NAME}.zip`), 'zip');
  const files = {
    'kernel-metadata.json': kernelMetadata(facts, user, notebook),
    'dataset/dataset-metadata.json': datasetMetadata(facts, user),
  };
  for (const [name, value] of Object.entries(files))
    writeFileSync(join(kernelDir, name), JSON.stringify(value));
}

/** A command line that gives these answers, one after another. */
function saying(...answers: readonly (readonly [exitCode: number, output: string])[]): RunKaggle {
  const left = [...answers];
  return async () => {
    const [exitCode, output] = left.shift()!;
    return { exitCode, output };
  };
}

describe('a package', () => {
  it('is read, and gets the name of its user', async () => {
    expect(await readKagglePackage(kernelDir)).toMatchObject({ name: NAME, user: undefined, bytes: 3 });
    expect(await nameKaggleUser(kernelDir, 'me')).toMatchObject({
      user: 'me',
      dataset: 'me/mdfe-run-epoch2',
      kernel: 'me/submission-run-epoch2',
    });
    const { dataset_sources } = JSON.parse(readFileSync(join(kernelDir, 'kernel-metadata.json'), 'utf8'));
    expect(dataset_sources).toEqual(['me/mdfe-run-epoch2']);
  });

  it.each([
    ['kernel-metadata.json', undefined, /kernel-metadata\.json: this file of the package is gone/],
    ['kernel-metadata.json', '{"id": "a/b"}', /the field code_file is missing/],
    ['dataset/dataset-metadata.json', '{', /is no JSON/],
    [
      `dataset/${NAME}.zip`,
      undefined,
      /run_epoch2\.zip: this file of the package is gone[\s\S]*package again/,
    ],
  ])('without a usable %s says what is missing', async (file, content, message) => {
    if (content === undefined) rmSync(join(kernelDir, file));
    else writeFileSync(join(kernelDir, file), content);
    await expect(readKagglePackage(kernelDir)).rejects.toThrow(message);
  });
});

describe.skipIf(process.platform === 'win32')('publishing', () => {
  const run = () => kaggleRunner(fake.program, {});
  const named = () => nameKaggleUser(kernelDir, 'me');

  it('creates the data set, waits until it is ready, and pushes the notebook', async () => {
    const said: string[] = [];
    const pack = await named();
    expect(await isPublished(run(), pack)).toBe(false);
    const published = await publish(run(), pack, false, { ...PAUSE, onStatus: (text) => said.push(text) });
    expect(published).toEqual({
      datasetUrl: 'https://www.kaggle.com/datasets/me/mdfe-run-epoch2',
      notebookUrl: 'https://www.kaggle.com/code/me/submission-run-epoch2',
      newVersion: false,
      warnings: [],
    });
    const status = ['datasets', 'status', 'me/mdfe-run-epoch2'];
    expect(fake.calls()).toEqual([
      status,
      ['datasets', 'create', '-p', join(kernelDir, 'dataset')],
      status,
      status,
      ['kernels', 'push', '-p', kernelDir],
    ]);
    expect(said).toHaveLength(3);
  });

  it.each([true, false])('makes a new version of what is there (known before: %s)', async (known) => {
    const pack = await named();
    await publish(run(), pack, false, PAUSE);
    expect(await isPublished(run(), pack)).toBe(true);
    const before = fake.calls().length;
    expect(await publish(run(), pack, known, PAUSE)).toMatchObject({ newVersion: true });
    const made = fake
      .calls()
      .slice(before)
      .filter(([, verb]) => verb === 'create' || verb === 'version');
    expect(made.at(-1)).toEqual(['datasets', 'version', '-p', join(kernelDir, 'dataset'), '-m', NAME]);
    expect(made).toHaveLength(known ? 1 : 2);
  });

  it('says that there is no token', async () => {
    writeFileSync(join(fake.memory, 'no-token'), '');
    await expect(isPublished(run(), await named())).rejects.toThrow(/no token[\s\S]*kaggle\.com\/settings/);
  });

  it('uses no network in offline mode', async () => {
    vi.stubEnv('MDFE_OFFLINE', '1');
    await expect(isPublished(run(), await named())).rejects.toThrow(/MDFE_OFFLINE forbids/);
    expect(fake.calls()).toEqual([]);
    vi.unstubAllEnvs();
  });

  it('stops when asked', async () => {
    const stop = new AbortController();
    const runs = kaggleRunner(fake.program, { signal: stop.signal });
    const answer = runs(['datasets', 'status', 'me/x']);
    stop.abort(new Error('stopped by the user'));
    await expect(answer).rejects.toThrow('stopped by the user');
  });

  it('is found on the path, or not', () => {
    expect(findKaggle({ PATH: `/nowhere:${join(dir, 'bin')}` })).toBe(fake.program);
    expect(findKaggle({ PATH: kernelDir })).toBeUndefined();
  });

  it('says that the program cannot be started', async () => {
    await expect(kaggleRunner(join(dir, 'none'), {})(['config'])).rejects.toThrow(
      /cannot be started[\s\S]*kagglePath/,
    );
  });
});

describe('a data set that does not get ready', () => {
  const created = [0, 'Your private Dataset is being created.'] as const;

  it.each([
    ['failed', [[0, 'error']], {}, /could not process/],
    ['never ends', [[0, 'pending']], { patience: -1 }, /still processing[\s\S]*publish again/],
  ] as const)('%s', async (_, states, options, message) => {
    const pack = await readKagglePackage(kernelDir);
    const published = publish(saying(created, ...states), pack, false, { ...PAUSE, ...options });
    await expect(published).rejects.toThrow(message);
  });
});

describe('answers', () => {
  const failed = (output: string) => ({ exitCode: 1, output });
  const said = (output: string) => ({ exitCode: 0, output });

  it('of the state', () => {
    expect(parseStatus(said("Warning: Looks like you're using an outdated API Version\nready\n"))).toBe(
      'ready',
    );
    expect(parseStatus(failed('404 Client Error: Not Found for url'))).toBeUndefined();
  });

  it.each([
    ['401 Client Error: Unauthorized', 'kaggle/credentials'],
    ['Authentication required. Run `kaggle auth login`', 'kaggle/credentials'],
    ['HTTPSConnectionPool(host=...): Max retries exceeded with url', 'kaggle/no-network'],
    ['429 Client Error: Too Many Requests', 'kaggle/too-many-requests'],
    ['kaggle: error: unrecognized arguments', 'kaggle/refused'],
  ])('that are failures: %s', (output, code) => {
    expect(() => parseStatus(failed(output))).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    [said('Starting upload\nDataset creation error: Invalid Owner Id')],
    [said('Dataset version creation error: See previous output')],
    [failed('403 Client Error: Forbidden')],
  ])('that are failures of an upload, whatever the exit code', (answer) => {
    expect(() => checkUploaded(answer)).toThrow();
  });

  it('of the notebook', () => {
    const pushed =
      'Kernel version 2 successfully pushed.  Please check progress at https://www.kaggle.com/code/a/b';
    expect(parsePushed(said(pushed))).toEqual({ url: 'https://www.kaggle.com/code/a/b', warnings: [] });
    const refused = (what: string) =>
      `The following are not valid ${what} sources and could not be added: ['x']\n`;
    expect(parsePushed(said(refused('competition') + pushed)).warnings).toHaveLength(1);
    expect(() => parsePushed(said(refused('dataset') + pushed))).toThrow(/did not attach/);
    expect(() => parsePushed(said('Kernel push error: Maximum batch CPU session count reached'))).toThrow(
      /Maximum/,
    );
  });

  it('of the account, and of progress', () => {
    expect(parseUser(said('Configuration values from /x\n- username: me\n- path: None'))).toBe('me');
    expect(parseUser(said('- username: None'))).toBeUndefined();
    expect(parsePercent('\r  0%|   |\r 42%|####  | 1M/2M')).toBe(42);
    expect(parsePercent('Starting upload')).toBeUndefined();
  });
});
