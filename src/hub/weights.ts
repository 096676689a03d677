import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MdfeError } from '../common/errors.ts';
import { HubCache } from './cache.ts';
import { type CheckpointKind, checkpointKind } from './checkpoint-kind.ts';
import { type ConvertHooks, convertedCheckpoint } from './converted.ts';
import { adviseNewDownload } from './damaged.ts';
import { type HubHooks, hubFile } from './download.ts';
import { findLocalWeights } from './local-dir.ts';
import { type HubAddress, parseHubId } from './names.ts';
import { hubSettings } from './settings.ts';

export interface WeightsRequest {
  /** For messages. */
  readonly modelName: string;
  readonly library: 'timm' | 'open_clip';
  /** For messages. */
  readonly weightsTag?: string | undefined;
  /** `org/name`, or `org/name/file` where the registry names a file; null or undefined: none are published. */
  readonly hubId?: string | null | undefined;
  /** `--backbone-weights`: used instead of everything else. */
  readonly localFile?: string | undefined;
  /** The PATH of `local-dir:PATH`: used instead of the hub. */
  readonly localDir?: string | undefined;
}

export type WeightsHooks = HubHooks & ConvertHooks;

export interface FoundWeights {
  /** A `.safetensors` file, or the `.safetensors.index.json` of several; for `openSafetensors`. */
  readonly path: string;
  /** Lies in the cache of the hub. */
  readonly fromHub: boolean;
  /** How they were published. A `torch` checkpoint was converted: `path` is our copy. */
  readonly kind: CheckpointKind;
  /** The file as published, on this disk. */
  readonly origin: string;
  /** `org/name@commit` or the local path, for records and messages. */
  readonly source: string;
}

/** The files that each library publishes, best first; both prefer safetensors. */
const CANDIDATES = {
  timm: ['model.safetensors', 'model.safetensors.index.json', 'pytorch_model.bin'],
  open_clip: [
    'open_clip_model.safetensors',
    'open_clip_pytorch_model.safetensors',
    'open_clip_model.safetensors.index.json',
    'open_clip_pytorch_model.bin',
  ],
} as const;

/** OpenCLIP's checkpoints hold both towers; this is where the visual one's names begin. */
const VISUAL_TOWER = 'visual.';

/**
 * Finds a backbone's weights: in the file or folder given, in the cache, or on the hub. Whatever was published, the
 * path returned can be read as safetensors, under the published names.
 */
export async function findBackboneWeights(
  request: WeightsRequest,
  hooks: WeightsHooks = {},
): Promise<FoundWeights> {
  if (request.localFile !== undefined) return prepare(request, request.localFile, request.localFile, hooks);
  if (request.localDir !== undefined) {
    const path = await findLocalWeights(request.localDir);
    return prepare(request, path, path, hooks);
  }
  if (!request.hubId) throw nonePublished(request);
  const { path, commit, repo } = await findOnHub(request, parseHubId(request.hubId), hooks);
  const found = await prepare(request, path, `${repo}@${commit}`, hooks).catch(adviseNewDownload);
  return { ...found, fromHub: true };
}

async function prepare(
  { library }: WeightsRequest,
  origin: string,
  source: string,
  hooks: WeightsHooks,
): Promise<FoundWeights> {
  const kind = await checkpointKind(origin);
  if (kind !== 'torch') return { path: origin, fromHub: false, kind, origin, source };
  const path = await convertedCheckpoint(origin, library === 'open_clip' ? VISUAL_TOWER : '', hooks);
  return { path, fromHub: false, kind, origin, source };
}

interface OnHub {
  readonly repo: string;
  readonly path: string;
  readonly commit: string;
}

async function findOnHub(request: WeightsRequest, base: HubAddress, hooks: WeightsHooks): Promise<OnHub> {
  const addresses = candidates(request.library, base.file).map((file) => ({ ...base, file }));
  const settings = hooks.settings ?? hubSettings();
  const cache = new HubCache(settings.cacheDir);
  // What is there, even if second best, saves a download.
  const cached = await firstWhere(addresses, async (address) => (await cache.find(address)) !== undefined);
  if (cached) return complete(cached, hooks);
  if (settings.offline) return complete(addresses[0]!, hooks); // says that it is not in the cache
  for (const address of addresses) {
    try {
      return await complete(address, hooks);
    } catch (error) {
      if (!isFileNotFound(error)) throw error;
    }
  }
  throw new MdfeError({
    code: 'weights/none-in-repository',
    what: `the repository holds no weights of ${request.modelName} in a form that can be read`,
    where: base.repo,
    expected: addresses.map((a) => a.file).join(', '),
    todo: 'choose another weights tag, or give a file with --backbone-weights FILE',
  });
}

/** A file named by the registry stands first; OpenCLIP publishes a safetensors copy beside most `.bin` files. */
function candidates(library: WeightsRequest['library'], named: string): readonly string[] {
  if (named === '') return CANDIDATES[library];
  const safe = named.replace(/\.(bin|pt|pth)$/, '.safetensors');
  return safe === named ? [named] : [safe, named];
}

/** Gets a file, and where it is an index of shards these too. */
async function complete(address: HubAddress, hooks: WeightsHooks): Promise<OnHub> {
  const found = await hubFile(address, hooks);
  if (address.file.endsWith('.index.json')) {
    const pinned = { ...address, revision: found.commit };
    for (const shard of await shardsOf(found.path).catch(adviseNewDownload)) {
      const file = join(dirname(address.file), shard).replaceAll('\\', '/');
      await hubFile({ ...pinned, file }, hooks).catch((error: unknown) => {
        throw isFileNotFound(error) ? shardMissing(address, file) : error;
      });
    }
  }
  return { repo: address.repo, ...found };
}

const isFileNotFound = (error: unknown) => error instanceof MdfeError && error.code === 'hub/file-not-found';

function shardMissing(index: HubAddress, file: string): MdfeError {
  return new MdfeError({
    code: 'weights/shard-missing',
    what: 'a part of these weights is not in the repository',
    where: `${index.repo}/${index.file}`,
    expected: `the file ${file}, which the index names`,
    todo: 'choose another weights tag, or give a file with --backbone-weights FILE',
  });
}

async function shardsOf(index: string): Promise<Set<string>> {
  try {
    const { weight_map: map } = JSON.parse(await readFile(index, 'utf8')) as { weight_map?: unknown };
    if (typeof map === 'object' && map !== null) {
      const names = Object.values(map);
      if (names.every((name) => typeof name === 'string' && name === basename(name))) return new Set(names);
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new MdfeError({
    code: 'weights/bad-index',
    what: 'this is no index of weight files',
    where: index,
    expected: '{"weight_map": {tensor name: file name in the same folder}}',
  });
}

async function firstWhere<T>(
  items: readonly T[],
  test: (item: T) => Promise<boolean>,
): Promise<T | undefined> {
  for (const item of items) if (await test(item)) return item;
  return undefined;
}

function nonePublished({ modelName, weightsTag }: WeightsRequest): MdfeError {
  return new MdfeError({
    code: 'weights/none-published',
    what: `no weights are published on the hub for ${modelName}${weightsTag ? ` with the tag ${weightsTag}` : ''}`,
    where: 'MODEL.BACKBONE.weights',
    todo: 'choose another tag (mdfe models lists them), or give a file with --backbone-weights FILE',
  });
}
