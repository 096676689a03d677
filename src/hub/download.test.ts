import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { COMMIT, MockHub } from '../../test/mock-hub.ts';
import { processStart } from '../common/process.ts';
import { classifyFailure } from '../net/failure.ts';
import type { TransferProgress } from '../net/transfer-progress.ts';
import { HubCache } from './cache.ts';
import { type HubHooks, hubFile } from './download.ts';
import { explainNetworkFailure } from './network-error.ts';

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
    const progress: TransferProgress[] = [];
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
    const retries: string[] = [];
    await download({}, { onRetry: ({ code }) => retries.push(code) });
    expect(retries).toEqual(['hub/interrupted', 'hub/interrupted']);
    expect(hub.requests('store').map((r) => r.range)).toEqual([undefined, 'bytes=100000-', 'bytes=150000-']);
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
    expect(content.subarray(0, 100_000).equals(await readFile(incomplete()))).toBe(true);
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
    await download();
    expect(hub.requests('store', 'GET')).toHaveLength(4);
    expect(hub.requests('hub', 'GET')).toHaveLength(4);
    await rm(repoFolder, { recursive: true });
    hub.stalls = 1;
    // On a busy machine also what only takes its time may count as a stall: it goes on from there all the same.
    const { path } = await download({}, { idleTimeout: 1000 });
    expect(content.equals(await readFile(path))).toBe(true);
    expect(hub.requests('store').at(-1)?.range).toMatch(/^bytes=\d+-$/);
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
    const { endpoint } = hub;
    await hub.close();
    const settings = { endpoint, token: undefined, cacheDir, offline: false };
    await expect(hubFile(address, { settings })).rejects.toThrow(
      /cannot be reached[\s\S]*ECONNREFUSED[\s\S]*HTTPS_PROXY/,
    );
    hub = await MockHub.start();
    const explained = (error: Error) => explainNetworkFailure(classifyFailure(error, 'host'), address);
    const coded = (code: string) => Object.assign(new Error('x'), { code });
    expect(explained(new TypeError('failed', { cause: coded('ENOTFOUND') })).code).toBe('hub/dns');
    expect(explained(new AggregateError([coded('EHOSTUNREACH')])).code).toBe('hub/no-network');
    expect(explained(coded('SELF_SIGNED_CERT_IN_CHAIN')).message).toMatch(/NODE_EXTRA_CA_CERTS/);
    expect(explained(new Error('Proxy response (407) !== 200 when HTTP Tunneling')).code).toBe('hub/proxy');
    expect(explained(new Error('other side closed')).code).toBe('hub/interrupted');
  });

  it('goes through a proxy, and says when that refuses', async () => {
    let refuse = false;
    const tunnels: string[] = [];
    const proxy = createServer().on('connect', (request, client) => {
      tunnels.push(request.url!);
      if (refuse) {
        client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
        return;
      }
      const [host, port] = request.url!.split(':');
      const server = connect(Number(port), host, () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        server.pipe(client).pipe(server);
      });
      for (const socket of [client, server]) socket.on('error', () => server.destroy());
    });
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
    vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    vi.stubEnv('NO_PROXY', '');
    vi.stubEnv('no_proxy', '');
    try {
      await download();
      expect(tunnels).toContain(new URL(hub.endpoint).host);
      refuse = true;
      await expect(download({ file: 'config.json' })).rejects.toThrow(
        expect.objectContaining({ code: 'hub/proxy' }),
      );
      proxy.removeAllListeners('connect'); // now it closes every connection
      const closed = download({ file: 'config.json' });
      await expect(closed).rejects.toThrow(expect.objectContaining({ code: 'hub/proxy' }));
      await expect(closed).rejects.toThrow(/got: +127.0.0.1:\d+: proxy 127.0.0.1:\d+: other side closed/);
      vi.stubEnv('HTTP_PROXY', 'user:secret@proxy:3128');
      await expect(download({ file: 'config.json' })).rejects.toThrow(
        /^HTTP_PROXY: [\s\S]*\*\*\*@proxy:3128/,
      );
    } finally {
      vi.unstubAllEnvs();
      proxy.closeAllConnections();
      proxy.close();
    }
  });

  it('downloads once for two callers', async () => {
    const waits: string[] = [];
    let letGo = () => {};
    hub.held = new Promise((resolve) => {
      letGo = resolve;
    });
    const onWaiting = (holder: string) => {
      waits.push(holder);
      letGo();
    };
    const both = await Promise.all([1, 2].map(() => download({}, { onWaiting })));
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
    const refused = expect(download({}, { signal: stop.signal })).rejects.toThrow('stopped by the user');
    const received = () =>
      stat(incomplete()).then(
        ({ size }) => size > 0,
        () => false,
      );
    await vi.waitUntil(received, { timeout: 50_000 });
    stop.abort(new Error('stopped by the user'));
    await refused;
    await download();
    expect(hub.requests('store').at(-1)?.range).toMatch(/^bytes=\d+-$/);
  });

  it('names the setting when the cache is where no files can be', async () => {
    const settings = { endpoint: hub.endpoint, token: undefined, cacheDir: '/dev/null/x', offline: false };
    await expect(hubFile(address, { settings })).rejects.toThrow(
      /\/dev\/null\/x: the cache of weights cannot be written \(ENOTDIR\)[\s\S]*HF_HOME/,
    );
  });

  it('refuses names that leave the cache', async () => {
    await expect(download({ file: '../x' })).rejects.toThrow(/cannot be used/);
    await expect(download({ revision: '../../x' })).rejects.toThrow(/cannot be used/);
    await expect(download({ file: '/etc/passwd' })).rejects.toThrow(/cannot be used/);
  });
});
