import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openZip } from '../../src/formats/zip.ts';
import { readEvents } from '../../src/run/reader.ts';
import { readUploads } from '../../src/run/uploads.ts';
import { MockDrive } from '../mock-drive.ts';
import { mdfe, start } from './mdfe.ts';
import { makeWorkspace, type Workspace } from './workspace.ts';

let w: Workspace;
let mock: MockDrive;
beforeAll(async () => {
  w = await makeWorkspace();
});
beforeEach(async () => {
  mock = await MockDrive.start();
  process.env.MDFE_DRIVE_API = mock.endpoint;
});
afterEach(async () => {
  delete process.env.MDFE_DRIVE_API;
  await mock.close();
});

const credentials = () => join(w.dir, 'credentials');
const configured = (name: string, change = (text: string) => text) =>
  w.config(name, (text) =>
    change(
      `${text.replace('cloud_upload: False', 'cloud_upload: True')}
GOOGLE_DRIVE:
  client_secret_path: ${credentials()}/client_secret.json
  token_path: ${credentials()}/token.pickle
  folder_id: my-folder
`,
    ),
  );

/** Signs in as a user would: the printed address is opened, and everything allowed. */
async function signIn(...args: readonly string[]): Promise<string> {
  mkdirSync(credentials(), { recursive: true });
  writeFileSync(join(credentials(), 'client_secret.json'), mock.clientSecret);
  const running = start(['drive-login', '--config', configured('login'), '--no-browser', ...args]);
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: running.child.stderr! }).on('line', (line) => {
      const url = /http:\S+\/auth\?\S+/.exec(line)?.[0];
      if (url) mock.browse(url).then(() => resolve(), reject);
    });
  });
  const { code, stdout, stderr } = await running.finished;
  expect(code, stderr).toBe(0);
  return stdout;
}

const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((done) => setTimeout(done, 100));
};
const statuses = (dir: string) => readUploads(dir).map(({ zip, status }) => `${status} ${zip}`);

describe('drive-login', () => {
  test('keeps the sign-in for its owner alone, and makes a folder', async () => {
    const stdout = await signIn('--scope', 'own-files', '--folder', 'MDFE', '--private');
    const file = join(credentials(), 'token.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(stdout).toContain(file);
    expect(stdout).toContain(`GOOGLE_DRIVE.folder_id is ${[...mock.folders][0]}`);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      scopes: ['https://www.googleapis.com/auth/drive.file'],
      share: false,
    });
  });

  test('says what is missing', async () => {
    const missing = await mdfe('drive-login', '--client-secret', join(w.dir, 'none.json'));
    expect(missing.code).toBe(2);
    expect(missing.stderr).toMatch(/no OAuth client[\s\S]*docs\/google-drive\.md/);
  });
});

describe('a run with cloud_upload', () => {
  test('trains on with one warning where nobody has signed in', async () => {
    rmSync(credentials(), { recursive: true, force: true });
    const { code, stderr } = await mdfe(...w.train(configured('alone'), '--name', 'alone'));
    expect(code, stderr).toBe(0);
    expect(stderr.match(/nobody has signed in to Google Drive/g)).toHaveLength(1);
    const { code: uploading, stderr: refused } = await mdfe('upload', join(w.results, 'alone'));
    expect(uploading).toBe(1);
    expect(refused).toMatch(/mdfe drive-login/);
  });

  test('uploads every saved checkpoint in the background; what fails is kept, listed and repeated', async () => {
    await signIn();
    mock.folders.add('my-folder');
    mock.faults = [
      { on: 'share', status: 403, reason: 'publishOutNotPermitted' },
      { on: 'chunk', cut: 300_000 },
    ];
    let damaged = 0;
    // The second package arrives damaged both times.
    mock.tamper = (bytes) => (mock.files.size === 1 && damaged++ < 2 ? Buffer.concat([bytes, bytes]) : bytes);
    const dir = join(w.results, 'cloud');
    const { code, stderr } = await mdfe(...w.train(configured('cloud'), '--name', 'cloud'));
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/saved checkpoints go to Google Drive, readable for everyone who has their link/);
    await until(
      () => readUploads(dir).length === 2 && readUploads(dir).every(({ status }) => status !== 'started'),
    );
    const [epoch2, epoch4] = ['epoch2', 'epoch4'].map((e) => join(dir, 'packages', e, `cloud_${e}`));
    expect(statuses(dir), readFileSync(join(dir, 'upload.log'), 'utf8')).toEqual([
      'uploaded packages/epoch2/cloud_epoch2.zip',
      'failed packages/epoch4/cloud_epoch4.zip',
    ]);
    expect(readUploads(dir)[0]).toMatchObject({ shared: false, note: expect.stringMatching(/not shared/) });
    await until(() => !existsSync(`${epoch2}.zip`));
    for (const gone of [`${epoch2}.zip`, `${epoch2}.pt`]) expect(existsSync(gone), gone).toBe(false);
    for (const kept of [`${epoch4}.zip`, `${epoch4}.pt`]) expect(existsSync(kept), kept).toBe(true);
    expect(readEvents(dir).map((e) => e.type)).toContain('end');

    const { stdout: listed } = await mdfe('upload', w.results, '--list');
    expect(listed).toMatch(/cloud_epoch4\.zip {2}\(failed before: .*is not this file/);
    expect(listed).not.toMatch(/cloud_epoch2/);
    const again = await mdfe('upload', dir);
    expect(again.code, again.stderr).toBe(0);
    const done = readUploads(dir).find((u) => u.zip.includes('epoch4'))!;
    expect(done).toMatchObject({ status: 'uploaded', shared: true });
    expect(existsSync(`${epoch4}.zip`)).toBe(false);
    const notebook = readFileSync(join(dir, 'packages', 'epoch4', 'submission-cloud_epoch4.ipynb'), 'utf8');
    expect(notebook).toContain(done.link);
    expect(mock.files.get(done.id!)).toMatchObject({ parents: ['my-folder'], shared: true });
    const copy = join(w.dir, 'copy.zip');
    writeFileSync(copy, mock.files.get(done.id!)!.content);
    const archive = await openZip(copy);
    expect([...archive.entries.keys()].sort()).toEqual(['cloud_epoch4.pt', 'config.yaml']);
    await archive.close();
    expect((await mdfe('upload', dir)).stdout).toMatch(/nothing to upload/);
    expect(readdirSync(dir)).not.toContain('uploads.lock');
  });
});

describe('upload', () => {
  test('sends archives by hand and keeps them, unless told otherwise', async () => {
    await signIn('--private');
    mock.folders.add('my-folder');
    const folder = join(w.dir, 'by-hand');
    mkdirSync(folder, { recursive: true });
    const zip = join(folder, 'model.zip');
    writeFileSync(zip, 'content');
    const options = ['--config', configured('by-hand')];
    const first = await mdfe('upload', zip, ...options);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toMatch(
      /uploads are readable for you alone[\s\S]*uploaded: +model\.zip +https:\/\/drive\.google\.com\S+ +\(private\)/,
    );
    expect(mock.requests('share')).toBe(0);
    expect((await mdfe('upload', folder, ...options)).stdout).toMatch(/nothing to upload/);
    writeFileSync(zip, 'new content');
    await mdfe('upload', folder, ...options, '--share', '--remove');
    expect([...mock.files.values()]).toMatchObject([{ shared: true, content: Buffer.from('new content') }]);
    expect(existsSync(zip)).toBe(false);
    const none = await mdfe('upload', join(w.dir, 'nowhere'));
    expect(none.code).toBe(2);
  });
});

describe('offline mode', () => {
  test('keeps packages here, and says what to do', async () => {
    await signIn();
    mock.folders.add('my-folder');
    const seen = mock.seen.length;
    process.env.MDFE_OFFLINE = '1';
    try {
      const trained = await mdfe(...w.train(configured('offline'), '--name', 'offline'));
      expect(trained.code, trained.stderr).toBe(0);
      expect(trained.stderr).toMatch(/nothing will be uploaded to Google Drive: [\s\S]*MDFE_OFFLINE/);
      const { code, stderr } = await mdfe('upload', join(w.results, 'offline'));
      expect(code).toBe(1);
      expect(stderr).toMatch(/MDFE_OFFLINE forbids[\s\S]*unset MDFE_OFFLINE/);
    } finally {
      delete process.env.MDFE_OFFLINE;
    }
    expect(mock.seen.length).toBe(seen);
  });
});

describe("a run's package that is named", () => {
  test('goes where the run says, and is kept with it', async () => {
    rmSync(credentials(), { recursive: true, force: true }); // so that nothing is uploaded yet
    expect((await mdfe(...w.train(configured('named'), '--name', 'named'))).code).toBe(0);
    await signIn();
    mock.folders.add('my-folder');
    const run = join(w.results, 'named');
    expect((await mdfe('package', run)).code).toBe(0);
    const zip = join(run, 'packages', 'epoch4', 'named_epoch4.zip');
    const { code, stderr } = await mdfe('upload', zip, '--private', '--json-progress');
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/"text":"uploads are readable for you alone"/);
    expect(readUploads(run)).toMatchObject([{ zip: 'packages/epoch4/named_epoch4.zip', status: 'uploaded' }]);
    expect([...mock.files.values()]).toMatchObject([{ parents: ['my-folder'], shared: false }]);
    expect(existsSync(zip)).toBe(true);
  });
});

describe('an upload whose process is killed', () => {
  test('is gone on with by the next one', async () => {
    await signIn();
    mock.folders.add('my-folder');
    const zip = join(w.dir, 'large.zip');
    const size = 40 * 2 ** 20; // more than one piece
    writeFileSync(zip, Buffer.alloc(size, 3));
    const args = ['upload', zip, '--config', configured('killed')];
    mock.faults = [
      { on: 'chunk', keep: 33_554_432 },
      { on: 'chunk', hang: true },
    ];
    const killed = start(args);
    await until(() => mock.requests('chunk') === 2);
    killed.child.kill('SIGKILL');
    expect((await killed.finished).code).toBe('SIGKILL');
    expect(existsSync(zip)).toBe(true);
    const { code, stderr } = await mdfe(...args);
    expect(code, stderr).toBe(0);
    expect(mock.requests('begin')).toBe(1);
    expect(mock.seen.filter(({ kind }) => kind === 'chunk').at(-1)!.range).toBe(
      'bytes 33554432-41943039/41943040',
    );
    expect([...mock.files.values()].map(({ content }) => content.length)).toEqual([size]);
    expect(readdirSync(w.dir).filter((name) => name.startsWith('large'))).toEqual(['large.zip']);
  });
});

describe('a zero-shot model with cloud_upload', () => {
  test('is uploaded, its link put into the notebook, and kept here too', async () => {
    await signIn();
    mock.folders.add('my-folder');
    const config = configured('zero', (text) => text.replace('MODEL:', 'MODEL:\n  name: zero'));
    const output = join(w.dir, 'zero-shot');
    const args = ['zero-shot', config, '--output', output, '--backbone-weights', w.weights];
    const { code, stderr } = await mdfe(...args);
    expect(code, stderr).toBe(0);
    const { link } = readUploads(output)[0]!;
    expect(readFileSync(join(output, 'zero-kaggle', 'submission-zero.ipynb'), 'utf8')).toContain(link);
    expect(existsSync(join(output, 'zero.zip'))).toBe(true);
  });
});
