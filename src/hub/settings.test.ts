import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hubSettings } from './settings.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'mdfe-hf-'));
});
afterEach(() => rm(home, { recursive: true }));

describe('hubSettings', () => {
  it("has the same defaults as Python's huggingface_hub", () => {
    expect(hubSettings({ HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' })).toEqual({
      endpoint: 'https://huggingface.co',
      token: undefined,
      cacheDir: join(homedir(), '.cache', 'huggingface', 'hub'),
      offline: false,
    });
  });

  it.each([
    [{ HF_HOME: '/h' }, join('/h', 'hub')],
    [{ XDG_CACHE_HOME: '/x' }, join('/x', 'huggingface', 'hub')],
    [{ HF_HOME: '/h', HUGGINGFACE_HUB_CACHE: '/old' }, '/old'],
    [{ HUGGINGFACE_HUB_CACHE: '/old', HF_HUB_CACHE: '/c' }, '/c'],
    [{ HF_HOME: '~/h' }, join(homedir(), 'h', 'hub')],
  ])('finds the cache with %j', (env, cacheDir) => {
    expect(hubSettings(env).cacheDir).toBe(cacheDir);
  });

  it('finds the token, the endpoint and the offline switch', async () => {
    await writeFile(join(home, 'token'), 'saved\n');
    expect(hubSettings({ HF_HOME: home }).token).toBe('saved');
    expect(hubSettings({ HF_HOME: home, HF_TOKEN: ' given\r\n' }).token).toBe('given');
    await writeFile(join(home, 'other'), 'elsewhere');
    expect(hubSettings({ HF_HOME: home, HF_TOKEN_PATH: join(home, 'other') }).token).toBe('elsewhere');
    expect(hubSettings({ HF_ENDPOINT: 'http://mirror/' }).endpoint).toBe('http://mirror');
    for (const value of ['1', 'true', 'YES', 'on'])
      expect(hubSettings({ HF_HUB_OFFLINE: value }).offline).toBe(true);
    expect(hubSettings({ MDFE_OFFLINE: '1' }).offline).toBe(true);
    expect(hubSettings({ HF_HUB_OFFLINE: '0' }).offline).toBe(false);
  });

  it.each(['huggingface.co', 'htp:/bad', 'http://a b', 'file:///tmp'])('refuses the endpoint %s', (value) => {
    expect(() => hubSettings({ HF_ENDPOINT: value })).toThrow(/^HF_ENDPOINT: [\s\S]*got: +.+\n +to do:/);
  });

  it('refuses an endpoint with a password, and does not show it', () => {
    const settings = () => hubSettings({ HF_ENDPOINT: 'https://user:secret@hub.example' });
    expect(settings).toThrow(/without user and password[\s\S]*got: +https:\/\/\*\*\*@hub\.example/);
    expect(settings).not.toThrow(/secret/);
  });

  it('refuses a token that cannot stand in a header, and never shows it', () => {
    const refused = (token: string) => {
      try {
        return hubSettings({ HF_TOKEN: token });
      } catch (error) {
        return String(error);
      }
    };
    for (const token of ['hf_\u00e4\u20ac', 'hf_a b']) {
      expect(refused(token)).toMatch(/HF_TOKEN: this is no token/);
      expect(refused(token)).not.toContain(token);
    }
    expect(() => hubSettings({ HF_TOKEN_PATH: home })).toThrow(`${home}: the saved token cannot be read`);
  });
});
