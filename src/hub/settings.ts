import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isSystemError } from '../common/errors.ts';
import { isOffline, isSwitchedOn } from '../net/offline.ts';

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
    endpoint: (env.HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, ''),
    token: findToken(env, home),
    cacheDir: cache ? expand(cache) : join(home, 'hub'),
    offline: isOffline(env) || isSwitchedOn(env.HF_HUB_OFFLINE || env.TRANSFORMERS_OFFLINE),
  };
}

function findToken(env: Environment, home: string): string | undefined {
  if (isSwitchedOn(env.HF_HUB_DISABLE_IMPLICIT_TOKEN)) return undefined;
  const given = env.HF_TOKEN || env.HUGGING_FACE_HUB_TOKEN;
  return clean(given ?? readToken(env.HF_TOKEN_PATH ? expand(env.HF_TOKEN_PATH) : join(home, 'token')));
}

function readToken(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** Line breaks come along when a token is pasted; they may not stand in a header. */
const clean = (token: string | undefined) => token?.replace(/[\r\n]/g, '').trim() || undefined;

const expand = (path: string) => (/^~(?=$|[\\/])/.test(path) ? join(homedir(), path.slice(1)) : path);
