import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isSystemError, usageError } from '../common/errors.ts';
import { isOffline, isSwitchedOn } from '../net/offline.ts';
import { withoutPassword } from '../net/without-password.ts';

/** Where weights come from and are kept, by the same environment variables as Python's huggingface_hub. */
export interface HubSettings {
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly token: string | undefined;
  /** Folder that holds `models--ORG--NAME`. */
  readonly cacheDir: string;
  /** Never use the network. */
  readonly offline: boolean;
}

const DEFAULT_ENDPOINT = 'https://huggingface.co';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * HF_ENDPOINT; HF_TOKEN or the token file that `hf auth login` writes; HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME;
 * HF_HUB_OFFLINE. MDFE_OFFLINE is ours.
 */
export function hubSettings(env: Environment = process.env): HubSettings {
  const home = env.HF_HOME
    ? expand(env.HF_HOME)
    : join(env.XDG_CACHE_HOME ? expand(env.XDG_CACHE_HOME) : join(homedir(), '.cache'), 'huggingface');
  const cache = env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE;
  return {
    endpoint: checkEndpoint(env.HF_ENDPOINT || DEFAULT_ENDPOINT),
    token: findToken(env, home),
    cacheDir: cache ? expand(cache) : join(home, 'hub'),
    offline: isOffline(env) || isSwitchedOn(env.HF_HUB_OFFLINE || env.TRANSFORMERS_OFFLINE),
  };
}

function findToken(env: Environment, home: string): string | undefined {
  if (isSwitchedOn(env.HF_HUB_DISABLE_IMPLICIT_TOKEN)) return undefined;
  for (const name of ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN']) {
    const given = env[name];
    if (given) return cleanToken(given, name);
  }
  return readToken(env.HF_TOKEN_PATH ? expand(env.HF_TOKEN_PATH) : join(home, 'token'));
}

function readToken(path: string): string | undefined {
  try {
    return cleanToken(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return undefined;
    const code = ['EISDIR', 'EACCES', 'EPERM'].find((c) => isSystemError(error, c));
    if (code === undefined) throw error;
    throw badToken('the saved token cannot be read', path, code);
  }
}

/** Line breaks come along when a token is pasted; neither they nor other letters than ASCII may stand in a header. */
function cleanToken(text: string, where: string): string | undefined {
  const token = text.replace(/[\r\n]/g, '').trim();
  if (token === '') return undefined;
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw badToken('this is no token of the hub', where, 'text with spaces or other characters');
}

function badToken(what: string, where: string, got: string | undefined): Error {
  return usageError({
    code: 'hub/bad-token',
    what,
    where,
    expected: 'letters, digits and _, as in hf_...',
    got,
    todo: `copy it again from ${DEFAULT_ENDPOINT}/settings/tokens; public weights need none`,
  });
}

function checkEndpoint(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  // A name and a password would not be sent, but shown in messages: HF_TOKEN is what the hub asks for.
  if (url && /^https?:$/.test(url.protocol) && url.username + url.password === '')
    return endpoint.replace(/\/+$/, '');
  throw usageError({
    code: 'hub/bad-endpoint',
    what: 'this is no web address of a hub',
    where: 'HF_ENDPOINT',
    expected: `http:// or https:// and a host, without user and password, as in ${DEFAULT_ENDPOINT}`,
    got: withoutPassword(endpoint),
    todo: `correct HF_ENDPOINT, or unset it to use ${DEFAULT_ENDPOINT}`,
  });
}

const expand = (path: string) => (/^~(?=$|[\\/])/.test(path) ? join(homedir(), path.slice(1)) : path);
