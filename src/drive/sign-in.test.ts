import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MockDrive } from '../../test/mock-drive.ts';
import { readClientSecret } from './client-secret.ts';
import { findToken, locateCredentials, TOKEN_VARIABLE } from './find-credentials.ts';
import { FULL_SCOPE, OWN_FILES_SCOPE } from './scopes.ts';
import { type SignInRequest, signIn } from './sign-in.ts';
import { formatToken, readToken, tokenFile, writeToken } from './token.ts';
import { FORM_TYPE } from './token-server.ts';

let dir: string;
let path: string;
let mock: MockDrive;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mdfe-sign-in-'));
  path = join(dir, 'client_secret.json');
  mock = await MockDrive.start();
  await writeFile(path, mock.clientSecret);
});
afterEach(async () => {
  await mock.close();
  await rm(dir, { recursive: true });
});

const browse = async (url: string) => {
  await mock.browse(url);
};
const request = async (change: Partial<SignInRequest> = {}) =>
  signIn({
    client: await readClientSecret(path),
    scopes: [FULL_SCOPE],
    share: true,
    post: async (url, body) => {
      const answer = await fetch(url, { method: 'POST', headers: FORM_TYPE, body });
      return { status: answer.status, text: await answer.text() };
    },
    openBrowser: browse,
    ...change,
  });
const failing = (code: string) => expect.objectContaining({ details: expect.objectContaining({ code }) });

describe('signing in', () => {
  it('gives a token that lasts, with PKCE and state, on 127.0.0.1', async () => {
    let opened = '';
    const token = await request({
      openBrowser: async (url) => {
        opened = url;
        const page = await mock.browse(url);
        expect(await page.text()).toMatch(/Signed in/);
      },
    });
    expect(mock.refreshTokens.has(token.refreshToken)).toBe(true);
    expect(token.scopes).toEqual([FULL_SCOPE]);
    const q = new URL(opened).searchParams;
    expect(q.get('redirect_uri')).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(q.get('access_type')).toBe('offline');
    expect(q.get('state')!.length).toBeGreaterThan(30);
    const form = new URLSearchParams(mock.seen.at(-1)!.body);
    expect(form.get('code_verifier')).toMatch(/^[\w-]{43}$/);
  });

  it('goes on when somebody else calls the address', async () => {
    const token = await request({
      openBrowser: async (url) => {
        const back = new URL(url).searchParams.get('redirect_uri')!;
        expect((await fetch(`${back}/favicon.ico`)).status).toBe(404);
        expect((await fetch(`${back}/?code=evil&state=guess`)).status).toBe(400);
        expect((await fetch(`${back}/?error=access_denied&state=guess`)).status).toBe(400);
        await mock.browse(url);
      },
    });
    expect(token.refreshToken).toMatch(/^refresh-/);
  });

  it('takes the address out of a browser on another machine', async () => {
    let url = '';
    const token = await request({
      openBrowser: async (page) => {
        url = page;
      },
      pasted: async (check) => {
        const answer = await fetch(url, { redirect: 'manual' });
        expect(check('nonsense')).toMatch(/no address/);
        expect(check(new URL(url).searchParams.get('redirect_uri')!)).toMatch(/no code/);
        expect(check(` ${answer.headers.get('location')}\n`)).toBeUndefined();
      },
    });
    expect(token.refreshToken).toMatch(/^refresh-/);
  });

  it('uses no network in offline mode', async () => {
    vi.stubEnv('MDFE_OFFLINE', '1');
    await expect(request()).rejects.toThrow(failing('drive/offline'));
    vi.unstubAllEnvs();
    expect(mock.seen).toEqual([]);
  });

  it('says what went wrong', async () => {
    mock.refuses = true;
    await expect(request()).rejects.toThrow(failing('drive/access-denied'));
    mock.refuses = false;
    mock.granted = 'openid';
    await expect(request()).rejects.toThrow(failing('drive/scope'));
    mock.granted = undefined;
    mock.faults = [{ on: 'token', status: 400, reason: 'invalid_grant' }];
    await expect(request()).rejects.toThrow(/seven days/);
    const nobody = { openBrowser: async () => {} };
    await expect(request({ ...nobody, patience: 20 })).rejects.toThrow(failing('drive/sign-in-late'));
    const signal = AbortSignal.timeout(20);
    await expect(request({ ...nobody, signal })).rejects.toThrow(/timeout/);
  });
});

describe('the OAuth client file', () => {
  it.each([
    ['{"web":{}}', /type "Web application"/],
    ['{"installed":{"client_id":"x"}}', /field client_secret is missing/],
    ['{"installed":{"client_id":7,"client_secret":"y"}}', /field client_id cannot be used/],
    [
      '{"installed":{"client_id":"x","client_secret":"y","token_uri":"http://evil.example"}}',
      /token_uri cannot/,
    ],
    ['{"type":"service_account"}', /not the file of an OAuth client[\s\S]*got: +type/],
    ['[]', /no JSON object/],
    ['{', /no JSON object/],
  ])('%s is refused', async (text, message) => {
    await writeFile(path, text);
    await expect(readClientSecret(path)).rejects.toThrow(message);
  });

  it('must be there', async () => {
    await expect(readClientSecret(join(dir, 'none.json'))).rejects.toThrow(failing('drive/no-client'));
  });
});

describe('the token file', () => {
  it("is JSON beside the Python system's pickle, for its owner alone", async () => {
    expect(tokenFile('credentials/token_drive_v3.pickle')).toBe('credentials/token_drive_v3.json');
    expect(tokenFile('a/token')).toBe('a/token.json');
    const file = join(dir, 'credentials', 'token.json');
    expect(await readToken(file)).toBeUndefined();
    const token = mock.token({ scopes: [OWN_FILES_SCOPE], share: false });
    await writeToken(file, token);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readToken(file)).toEqual(token);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ refresh_token: 'refresh-1' });
    await writeFile(file, '{"client_id":"x"}');
    await expect(readToken(file)).rejects.toThrow(/field refresh_token is missing[\s\S]*sign in again/);
  });

  it("gives way to the editor's sign-in, and is found beside a configuration", async () => {
    const config = {
      api_name: 'drive',
      api_version: 'v3',
      scope: [FULL_SCOPE],
      folder_id: '',
      client_secret_path: path,
      token_path: 'credentials/token.pickle',
    };
    const configFile = join(dir, 'configs', 'a.yaml');
    expect((await findToken(config, configFile, {})).token).toBeUndefined();
    await writeToken(join(dir, 'credentials', 'token.json'), mock.token());
    expect(locateCredentials('credentials/token.json', configFile)).toBe(
      join(dir, 'credentials', 'token.json'),
    );
    expect((await findToken(config, configFile, {})).token).toEqual(mock.token());
    const editors = mock.token({ share: false });
    const env = { [TOKEN_VARIABLE]: formatToken(editors) };
    expect((await findToken(config, configFile, env)).token).toEqual(editors);
  });
});
