import { createHash, randomBytes } from 'node:crypto';
import { utimesSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Fault, MockDrive } from '../../test/mock-drive.ts';
import type { TransferProgress } from '../net/transfer-progress.ts';
import { DriveApi, type DriveOptions } from './api.ts';
import { downloadFile } from './download.ts';
import { createFolder, fileId, findByName, shareByLink, shareLink } from './files.ts';
import type { DriveToken } from './token.ts';
import { type UploadOptions, uploadFile } from './upload.ts';

const MiB = 1 << 20;
const content = randomBytes(3 * MiB + 12_345);
const CHUNK = MiB;

let dir: string;
let path: string;
let mock: MockDrive;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mdfe-drive-'));
  path = join(dir, 'model.zip');
  await writeFile(path, content);
  mock = await MockDrive.start();
});
afterEach(async () => {
  await mock.close();
  await rm(dir, { recursive: true });
});

async function withDrive<R>(
  action: (drive: DriveApi) => Promise<R>,
  { token, ...options }: DriveOptions & { token?: Partial<DriveToken> } = {},
): Promise<R> {
  const drive = await DriveApi.open(mock.token(token), {
    endpoint: mock.endpoint,
    retryDelay: 1,
    ...options,
  });
  try {
    return await action(drive);
  } finally {
    await drive.close();
  }
}

const upload = (options: UploadOptions = {}, drive: DriveOptions & { token?: Partial<DriveToken> } = {}) =>
  withDrive((d) => uploadFile(d, path, { chunkBytes: CHUNK, ...options }), drive);
const failing = (code: string) => expect.objectContaining({ details: expect.objectContaining({ code }) });
const stored = (id: string) => mock.files.get(id)!.content.equals(content);
const ranges = () => mock.seen.filter((s) => s.kind === 'chunk').map((s) => s.range);

describe('an upload', () => {
  it('sends the file in pieces, reports progress, leaves nothing beside it', async () => {
    const progress: TransferProgress[] = [];
    const file = await upload({ onProgress: (p) => progress.push(p) });
    expect(file.md5).toBe(createHash('md5').update(content).digest('hex'));
    expect(file).toMatchObject({ name: 'model.zip', size: content.length });
    expect(stored(file.id)).toBe(true);
    expect(mock.requests('chunk')).toBe(4);
    expect(progress.at(-1)).toMatchObject({ bytes: content.length, total: content.length });
    expect(await readdir(dir)).toEqual(['model.zip']);
  });

  it('puts it into the folder, under another name, or over a file that is there', async () => {
    mock.folders.add('folder-x');
    const first = await upload({ folderId: 'folder-x', name: "it's.zip" });
    expect(mock.files.get(first.id)).toMatchObject({ name: "it's.zip", parents: ['folder-x'] });
    await withDrive(async (drive) => {
      expect(await findByName(drive, "it's.zip", 'folder-x')).toEqual(first);
      expect(await findByName(drive, "it's.zip", 'elsewhere')).toBeUndefined();
    });
    await writeFile(path, 'other content');
    const second = await upload({ replaces: first.id, name: "it's.zip" });
    expect(second.id).toBe(first.id);
    expect(mock.files.get(first.id)!.content.toString()).toBe('other content');
    await expect(upload({ replaces: 'gone' })).rejects.toThrow(failing('drive/not-found'));
  });

  it('uploads an empty file', async () => {
    await writeFile(path, '');
    expect((await upload()).size).toBe(0);
  });

  it.each<[string, Fault[], (string | undefined)[]]>([
    [
      'cut in the middle of a piece',
      [{ on: 'chunk', cut: 700_000 }],
      ['bytes 0-1048575/3158073', 'bytes 524288-1572863/3158073'],
    ],
    [
      'cut before anything was stored',
      [{ on: 'chunk', cut: 1000 }],
      ['bytes 0-1048575/3158073', 'bytes 0-1048575/3158073'],
    ],
    [
      'of which Google stored a part',
      [{ on: 'chunk', keep: 262_144 }],
      ['bytes 0-1048575/3158073', 'bytes 262144-1310719/3158073'],
    ],
    [
      'whose answer was lost',
      [{ on: 'chunk', silent: true }],
      ['bytes 0-1048575/3158073', 'bytes 1048576-2097151/3158073'],
    ],
    ['while Google fails', [500, 502, 503].map((status) => ({ on: 'chunk', status })), []],
    [
      'while Google fails to say how far it is',
      [
        { on: 'chunk', cut: 0 },
        { on: 'status', status: 500 },
      ],
      [],
    ],
    [
      'that is too fast',
      [
        { on: 'chunk', status: 429 },
        { on: 'begin', status: 429 },
      ],
      [],
    ],
    ['over the rate limit', [{ on: 'chunk', status: 403, reason: 'userRateLimitExceeded' }], []],
    [
      'whose access token runs out',
      [
        { on: 'chunk', status: 401 },
        { on: 'begin', status: 401 },
      ],
      [],
    ],
  ])('goes on when it is one %s', async (_what, faults, expected) => {
    mock.faults = faults;
    const file = await upload();
    expect(stored(file.id)).toBe(true);
    expect(mock.faults).toEqual([]);
    expect(ranges().slice(0, expected.length)).toEqual(expected);
    expect(mock.files.size).toBe(1);
  });

  it('begins anew when Google forgets the session', async () => {
    mock.faults = [
      { on: 'chunk', status: 404 },
      { on: 'chunk', status: 410 },
    ];
    expect(stored((await upload()).id)).toBe(true);
    expect(mock.requests('begin')).toBe(3);
    mock.faults = Array.from({ length: 9 }, () => ({ on: 'chunk', status: 404 }));
    await expect(upload({}, { attempts: 9 })).rejects.toThrow(/forgot 5 uploads/);
  });

  it.each([
    [{ on: 'begin', status: 403, reason: 'storageQuotaExceeded' }, 'drive/quota'],
    [{ on: 'chunk', status: 403, reason: 'storageQuotaExceeded' }, 'drive/quota'],
    [{ on: 'begin', status: 403, reason: 'accessNotConfigured' }, 'drive/api-off'],
    [{ on: 'begin', status: 403, reason: 'insufficientPermissions' }, 'drive/scope'],
    [{ on: 'begin', status: 403, reason: '' }, 'drive/forbidden'],
    [{ on: 'begin', status: 400, reason: 'badRequest' }, 'drive/refused'],
  ] as [Fault, string][])('gives up at once at %o', async (fault, code) => {
    mock.faults = [fault];
    await expect(upload()).rejects.toThrow(failing(code));
    expect(mock.requests(fault.on)).toBe(1);
    expect(content.equals(await readFile(path))).toBe(true);
  });

  it('gives up when nothing gets forward', async () => {
    mock.faults = Array.from({ length: 5 }, () => ({ on: 'chunk', keep: 0 }));
    await expect(upload({}, { attempts: 3 })).rejects.toThrow(/took none of the bytes/);
    mock.faults = [];
    await expect(upload({}, { endpoint: 'http://127.0.0.1:1' })).rejects.toThrow(failing('drive/no-network'));
  });

  it('is gone on with by another process, and once more when the last answer was lost', async () => {
    mock.faults = [
      { on: 'chunk', keep: MiB },
      { on: 'chunk', status: 403, reason: 'dailyLimitExceeded' },
    ];
    await expect(upload()).rejects.toThrow(failing('drive/daily-limit'));
    const session = join(dir, 'model.zip.upload.json');
    expect((await stat(session)).mode & 0o777).toBe(0o600);
    const before = ranges().length;
    const file = await upload();
    expect(ranges().slice(before)[0]).toBe('bytes 1048576-2097151/3158073');
    expect(mock.requests('begin')).toBe(1);
    expect(stored(file.id)).toBe(true);

    mock.faults = repeat({ on: 'chunk', silent: true }, 1).concat(repeat({ on: 'status', status: 500 }, 5));
    await expect(upload({ chunkBytes: 4 * MiB })).rejects.toThrow(failing('drive/server'));
    mock.faults = [];
    const chunks = mock.requests('chunk');
    expect(stored((await upload()).id)).toBe(true);
    expect(mock.requests('chunk')).toBe(chunks);
    expect(mock.files.size).toBe(2);
  });

  it('does not go on with a session of another content, folder or server, of last week, or cut off', async () => {
    const session = join(dir, 'model.zip.upload.json');
    const stop: Fault[] = [{ on: 'chunk', status: 403 }];
    const again = async (change: () => Promise<unknown>, options: UploadOptions = {}) => {
      mock.faults = [...stop];
      await expect(upload()).rejects.toThrow(failing('drive/forbidden'));
      await change();
      const before = mock.requests('begin');
      await upload(options);
      expect(mock.requests('begin')).toBe(before + 1);
    };
    await again(() => utimes(path, 1, 1));
    mock.folders.add('f');
    await again(async () => {}, { folderId: 'f' });
    for (const change of [
      { created: Date.now() - 7 * 24 * 3600 * 1000 },
      { url: 'https://elsewhere.example/' },
    ])
      await again(async () =>
        writeFile(session, JSON.stringify({ ...JSON.parse(await readFile(session, 'utf8')), ...change })),
      );
    for (const text of ['{"url":', 'null']) await again(() => writeFile(session, text));
  });

  it('compares checksums: sends again what arrived damaged, and gives up the second time', async () => {
    let damaged = 1;
    mock.tamper = (bytes) => (damaged-- > 0 ? bytes.map((b, i) => (i === 9 ? b ^ 1 : b)) : bytes) as Buffer;
    expect(stored((await upload()).id)).toBe(true);
    expect(mock.files.size).toBe(1);
    damaged = 2;
    await expect(upload()).rejects.toThrow(failing('drive/checksum'));
    expect(mock.files.size).toBe(1);
    expect(await readdir(dir)).toEqual(['model.zip']);
  });

  it('notices a file that changes under it', async () => {
    let changed = false;
    const change = () => {
      if (!changed) utimesSync(path, 5, 5);
      changed = true;
    };
    await expect(upload({ onProgress: change })).rejects.toThrow(failing('drive/changed'));
    expect(mock.files.size).toBe(0);
  });

  it('says what a missing folder can mean', async () => {
    await expect(upload({ folderId: 'mine' })).rejects.toThrow(/no such folder in this Google Drive/);
    const scopes = ['https://www.googleapis.com/auth/drive.file'];
    await expect(upload({ folderId: 'mine' }, { token: { scopes } })).rejects.toThrow(
      /only what MDFE made[\s\S]*--scope full/,
    );
    const made = await withDrive((drive) => createFolder(drive, 'MDFE'));
    await upload({ folderId: made.id }, { token: { scopes } });
  });

  it('says that the sign-in is dead, and why', async () => {
    mock.refreshTokens.clear();
    await expect(upload()).rejects.toThrow(/seven days while the OAuth app is in "Testing"/);
    expect(mock.requests('token')).toBe(1);
    await expect(upload({}, { token: { clientSecret: 'other' } })).rejects.toThrow(
      failing('drive/client-refused'),
    );
  });

  it('uses no network in offline mode', async () => {
    vi.stubEnv('MDFE_OFFLINE', '1');
    await expect(upload()).rejects.toThrow(failing('drive/offline'));
    vi.unstubAllEnvs();
    expect(mock.seen).toEqual([]);
  });

  it('stops when asked', async () => {
    const stop = new AbortController();
    const stopped = upload({ onProgress: () => stop.abort(), signal: stop.signal }, { signal: stop.signal });
    await expect(stopped).rejects.toThrow(/aborted/);
    expect(stored((await upload()).id)).toBe(true);
  });

  it('never shows the address or the tokens', async () => {
    mock.faults = [{ on: 'chunk', status: 403 }];
    const error: unknown = await upload().catch((e: unknown) => e);
    expect(String(error)).not.toMatch(/upload_id|access-|refresh-|client-secret/);
  });
});

const repeat = (fault: Fault, times: number): Fault[] => Array.from({ length: times }, () => fault);

describe('files in Drive', () => {
  it('are shared, and named by links', async () => {
    const file = await upload();
    await withDrive((drive) => shareByLink(drive, file));
    expect(mock.files.get(file.id)!.shared).toBe(true);
    expect(fileId(shareLink(file))).toBe(file.id);
    expect(fileId('https://drive.google.com/uc?export=download&id=abc_1-2')).toBe('abc_1-2');
    expect(fileId('abc')).toBe('abc');
    mock.faults = [{ on: 'share', status: 403, reason: 'publishOutNotPermitted' }];
    await expect(withDrive((drive) => shareByLink(drive, file))).rejects.toThrow(failing('drive/policy'));
  });

  it('are downloaded: over broken connections, checked, whole or not at all', async () => {
    const { id } = await upload();
    const target = join(dir, 'back.zip');
    mock.faults = [
      { on: 'media', cut: 1_000_000 },
      { on: 'media', status: 503 },
      { on: 'media', cut: 500_000 },
    ];
    await withDrive((drive) => downloadFile(drive, id, target));
    expect(content.equals(await readFile(target))).toBe(true);
    const media = mock.seen.filter((s) => s.kind === 'media').map((s) => s.range);
    expect(media).toEqual([undefined, 'bytes=1000000-', 'bytes=1000000-', 'bytes=1500000-']);
    await expect(withDrive((drive) => downloadFile(drive, 'none', join(dir, 'x')))).rejects.toThrow(
      failing('drive/not-found'),
    );
    expect((await readdir(dir)).sort()).toEqual(['back.zip', 'model.zip']);
  });
});
