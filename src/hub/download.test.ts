import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMIT, MockHub } from '../../test/mock-hub.ts';
import { processStart } from '../common/process.ts';
import { HubCache } from './cache.ts';
import { type HubHooks, hubFile } from './download.ts';
import type { DownloadProgress } from './progress.ts';

const address = { repo: 'org/model', revision: 'main', file: 'model.safetensors' };
const content = randomBytes(300_000);
const etag = createHash('sha256').update(content).digest('hex');

let cacheDir: string;
let hub: MockHub;
let repoFolder: string;
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'mdfe-hub-'));
  repoFolder = join(cacheDir, 'models--org--model');
  hub = await MockHub.start();
  hub.files.set('org/model/model.safetensors', content);
  hub.files.set('org/model/config.json', new TextEncoder().encode('{}'));
});
afterEach(async () => {
  await hub.close();
  await rm(cacheDir, { recursive: true });
});

const download = (
  change: Partial<typeof address> = {},
  hooks: HubHooks & { token?: string; offline?: boolean } = {},
) =>
  hubFile(
    { ...address, ...change },
    {
      settings: { endpoint: hub.endpoint, token: hooks.token, cacheDir, offline: hooks.offline ?? false },
      retryDelay: 1,
      ...hooks,
    },
  );
const incomplete = () => join(repoFolder, 'blobs', `${etag}.incomplete`);

describe('hubFile', () => {
  it("fills the cache in Python's layout and then needs no network", async () => {
    const progress: DownloadProgress[] = [];
    const { path, commit } = await download({}, { onProgress: (p) => progress.push(p) });
    expect(commit).toBe(COMMIT);
    expect(path).toBe(join(repoFolder, 'snapshots', COMMIT, 'model.safetensors'));
    expect(await readlink(path)).toBe(join('..', '..', 'blobs', etag));
    expect(await readFile(join(repoFolder, 'refs', 'main'), 'utf8')).toBe(COMMIT);
    expect(await readdir(join(repoFolder, 'blobs'))).toEqual([etag]);
    expect(content.equals(await readFile(path))).toBe(true);
    expect(progress.at(-1)).toMatchObject({ file: 'model.safetensors', bytes: 300_000, total: 300_000 });
    const before = hub.seen.length;
    expect(await download({}, { offline: true })).toEqual({ path, commit });
    expect(await download()).toEqual({ path, commit });
    expect(await download({ revision: COMMIT })).toEqual({ path, commit });
    expect(hub.seen).toHaveLength(before);
  });

  it('gets small files, files in folders and commits', async () => {
    hub.files.set('org/model/sub/x.json', new TextEncoder().encode('[]'));
    expect(await readFile((await download({ file: 'config.json' })).path, 'utf8')).toBe('{}');
    const nested = await download({ file: 'sub/x.json', revision: COMMIT });
    expect(await readFile(nested.path, 'utf8')).toBe('[]');
    expect(await readdir(join(repoFolder, 'refs'))).toEqual(['main']);
  });

  it('sends the token to the hub only', async () => {
    hub.gated = { token: 'hf_secret' };
    await download({}, { token: 'hf_secret' });
    expect(hub.requests('hub').every((r) => r.authorization === 'Bearer hf_secret')).toBe(true);
    expect(hub.requests('store').map((r) => r.authorization)).toEqual([undefined]);
  });

  it('continues a broken download, in one call and in the next', async () => {
    hub.cuts = [100_000, 50_000];
    await download();
    // What fetch had buffered when the connection broke is lost, so the exact places are not known.
    const [first, ...starts] = hub.requests('store').map((r) => r.range && Number(r.range.match(/\d+/)?.[0]));
    expect(first).toBeUndefined();
    expect(starts).toHaveLength(2);
    expect(starts[0]).toBeGreaterThan(0);
    expect(starts[1]).toBeGreaterThan(Number(starts[0]));
    await rm(repoFolder, { recursive: true });
    await mkdir(join(repoFolder, 'blobs'), { recursive: true });
    await writeFile(incomplete(), content.subarray(0, 1234));
    await download();
    expect(hub.requests('store').at(-1)?.range).toBe('bytes=1234-');
  });

  it('needs no request for a download that was only not renamed', async () => {
    await mkdir(join(repoFolder, 'blobs'), { recursive: true });
    await writeFile(incomplete(), content);
    await download();
    expect(hub.requests('store')).toEqual([]);
  });

  it('gives up when nothing arrives any more, and keeps what did', async () => {
    hub.cuts = [100_000, 0, 0, 0, 0, 0];
    await expect(download()).rejects.toThrow(/connection broke[\s\S]*continues where it stopped/);
    const kept = await readFile(incomplete());
    expect(kept.length).toBeGreaterThan(0);
    expect(content.subarray(0, kept.length).equals(kept)).toBe(true);
    hub.cuts = [];
    expect(content.equals(await readFile((await download()).path))).toBe(true);
  });

  it('begins anew when the store ignores ranges or what was left is damaged or too long', async () => {
    hub.ignoreRanges = true;
    hub.cuts = [100_000];
    expect(content.equals(await readFile((await download()).path))).toBe(true);
    hub.ignoreRanges = false;
    for (const rest of [randomBytes(1000), randomBytes(300_000), randomBytes(400_000)]) {
      await rm(repoFolder, { recursive: true });
      await mkdir(join(repoFolder, 'blobs'), { recursive: true });
      await writeFile(incomplete(), rest);
      expect(content.equals(await readFile((await download()).path))).toBe(true);
    }
  });

  it('survives server errors, expired store addresses and stalls', async () => {
    hub.failures = [503, 403, 500];
    hub.stalls = 1;
    await download({}, { idleTimeout: 200 });
    expect(hub.requests('store', 'GET')).toHaveLength(5);
    expect(hub.requests('hub', 'GET')).toHaveLength(5);
  });

  it('refuses and deletes a file with a wrong checksum', async () => {
    hub.tamper = (bytes) => bytes.map((b, i) => (i === 7 ? b ^ 1 : b));
    await expect(download()).rejects.toThrow(expect.objectContaining({ code: 'hub/checksum' }));
    expect(await readdir(join(repoFolder, 'blobs'))).toEqual([]);
    await expect(download({}, { offline: true })).rejects.toThrow(/not in the cache/);
    hub.tamper = (bytes) => Buffer.concat([bytes, bytes]);
    await expect(download()).rejects.toThrow(/longer than announced/);
  });

  it.each([
    ['hub/gated', /no token was sent[\s\S]*HF_TOKEN/, {}, {}],
    ['hub/gated', /no access[\s\S]*accept the conditions/, {}, { token: 'other' }],
    ['hub/offline', /HF_HUB_OFFLINE/, {}, { offline: true }],
  ] as const)('says what to do: %s %s', async (code, message, change, hooks) => {
    hub.gated = { token: 'right' };
    await expect(download(change, hooks)).rejects.toThrow(expect.objectContaining({ code }));
    await expect(download(change, hooks)).rejects.toThrow(message);
  });

  it.each([
    ['repository', { repo: 'org/none' }],
    ['revision', { revision: 'v9' }],
    ['file', { file: 'none.bin' }],
  ])('says that there is no such %s', async (what, change) => {
    await expect(download(change)).rejects.toThrow(
      expect.objectContaining({ code: `hub/${what}-not-found` }),
    );
  });

  it('explains unreachable hubs, names and proxies', async () => {
    const at = (endpoint: string, fetch?: HubHooks['fetch']) =>
      hubFile(address, {
        settings: { endpoint, token: undefined, cacheDir, offline: false },
        retryDelay: 1,
        fetch,
      });
    const { endpoint } = hub;
    await hub.close();
    await expect(at(endpoint)).rejects.toThrow(/cannot be reached[\s\S]*ECONNREFUSED[\s\S]*HTTPS_PROXY/);
    hub = await MockHub.start();
    const throwing = (cause: Error) => () => Promise.reject(new TypeError('fetch failed', { cause }));
    const dns = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });
    await expect(at(endpoint, throwing(dns))).rejects.toThrow(expect.objectContaining({ code: 'hub/dns' }));
    const proxy = new Error('Proxy response (407) !== 200 when HTTP Tunneling');
    await expect(at(endpoint, throwing(proxy))).rejects.toThrow(
      expect.objectContaining({ code: 'hub/proxy' }),
    );
    const tls = Object.assign(new Error('x'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' });
    await expect(at(endpoint, throwing(tls))).rejects.toThrow(/NODE_EXTRA_CA_CERTS/);
  });

  it('downloads once for two callers', async () => {
    hub.delay = 100;
    const waits: string[] = [];
    const both = await Promise.all(
      [1, 2].map(() => download({}, { onWaiting: (holder) => waits.push(holder) })),
    );
    expect(both[0]).toEqual(both[1]);
    expect(hub.requests('store')).toHaveLength(1);
    expect(waits).toEqual([`process ${process.pid} on ${hostname()}`]);
  });

  it('waits for another process, and takes over when it dies', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const lock = new HubCache(cacheDir).lock('org/model', etag);
    await mkdir(dirname(lock), { recursive: true });
    const holder = { pid: child.pid, start: processStart(child.pid!) ?? '', host: hostname() };
    await writeFile(lock, JSON.stringify(holder));
    const done = download({}, { onWaiting: () => child.kill('SIGKILL') });
    await Promise.all([once(child, 'exit'), done]);
    expect(await readdir(dirname(lock))).toEqual([]);
  });

  it('stops when asked and continues later', async () => {
    const stop = new AbortController();
    hub.stalls = 1;
    setTimeout(() => stop.abort(new Error('stopped by the user')), 300);
    await expect(download({}, { signal: stop.signal })).rejects.toThrow('stopped by the user');
    await download();
    expect(hub.requests('store').at(-1)?.range).toMatch(/^bytes=\d+-$/);
  });

  it('refuses names that leave the cache', async () => {
    await expect(download({ file: '../x' })).rejects.toThrow(/cannot be used/);
    await expect(download({ revision: '../../x' })).rejects.toThrow(/cannot be used/);
    await expect(download({ file: '/etc/passwd' })).rejects.toThrow(/cannot be used/);
  });
});
