import { formatBytes } from '../common/bytes.ts';
import { formatDuration } from '../common/duration.ts';
import { MdfeError, usageError } from '../common/errors.ts';
import type { Config } from '../config/schema/index.ts';
import type { Rgb } from '../data/transforms/normalise.ts';
import { frozenBackbone } from '../features/backbone.ts';
import type { FrozenBackbone } from '../features/request.ts';
import { openSafetensors, type TensorFile } from '../formats/safetensors.ts';
import { type Graph, parameterCount } from '../graph/ops.ts';
import { adviseNewDownload, findBackboneWeights, localDirOf, type WeightsHooks } from '../hub/index.ts';
import { buildModel } from '../models/build.ts';
import { checkWeights } from '../models/check-weights.ts';
import type { PublishedTensors } from '../models/net.ts';
import { type FoundModel, findTag, inputSize, requireModel } from '../models/registry.ts';
import type { RunOptions } from '../run/record.ts';
import { backboneOf } from './finetune/saved-name.ts';
import { aboutLocalModel, localModelOf } from './local-backbone.ts';
import { untrainedWeights } from './untrained-weights.ts';

/** The configured backbone with its weights, checked and lowered; nothing of it is in memory yet. */
export interface OpenedBackbone extends FrozenBackbone {
  readonly graph: Graph;
  /** Where the graph's weights lie. */
  readonly weights: TensorFile;
  readonly parameters: number;
  /** Of the published preprocessing. */
  readonly mean: Rgb;
  readonly std: Rgb;
  /** Side of its input, pixels. */
  readonly imageSize: number;
}

export interface BackboneHooks {
  /** One line for the user about a download or conversion, several times a second. */
  readonly onStatus?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

type Options = Pick<RunOptions, 'backboneWeights' | 'cacheDir' | 'fromScratch'>;

/** Finds model and weights, downloads and converts them where needed, and checks that they belong together. */
export async function openBackbone(
  config: Config,
  options: Options,
  hooks: BackboneHooks = {},
): Promise<OpenedBackbone> {
  const { BACKBONE } = config.MODEL;
  const { model_name, proj_layer } = BACKBONE;
  const localDir = localDirOf(model_name);
  const found =
    localDir === undefined
      ? registered(BACKBONE)
      : { model: await localModelOf(localDir, BACKBONE.type), weights: undefined };
  const { model, weights: tag } = found;
  const imageSize = inputSize(found, config.TRANSFORM.size);
  const form = { projection: proj_layer, imageSize, tag };
  const build = (published?: PublishedTensors) => {
    const make = () => buildModel(model, { ...form, published });
    return localDir === undefined ? make() : aboutLocalModel(localDir, make);
  };
  if (options.fromScratch) {
    const graph = build();
    return opened(graph, await untrainedWeights(graph, config.SEED, options.cacheDir), found, imageSize);
  }
  const { path, fromHub } = await findBackboneWeights(
    {
      modelName: model_name,
      library: model.library,
      weightsTag: tag?.tag,
      hubId: tag?.hubId,
      localFile: options.backboneWeights,
      localDir,
    },
    weightsHooks(options, hooks),
  ).catch(adviseLocalFile);
  const file = openSafetensors(path);
  const weights = backboneOf(await (fromHub ? file.catch(adviseNewDownload) : file));
  const graph = build(weights.tensors);
  checkWeights(graph, weights.tensors, weights.path, model.name);
  return opened(graph, weights, found, imageSize);
}

function opened(
  graph: Graph,
  weights: TensorFile,
  { model, weights: tag }: FoundModel,
  imageSize: number,
): OpenedBackbone {
  const { mean, std } = tag ?? model;
  return {
    ...frozenBackbone(graph, weights),
    graph,
    weights,
    parameters: parameterCount(graph),
    mean: mean as Rgb,
    std: std as Rgb,
    imageSize,
  };
}

function registered({ model_name, type, weights }: Config['MODEL']['BACKBONE']): FoundModel {
  const found = requireModel(model_name, type);
  if (weights === '') return found;
  const tag = findTag(found.model, weights);
  if (tag) return { ...found, weights: tag };
  throw usageError({
    code: 'model/unknown-tag',
    what: `${model_name} has no weights of that name`,
    where: 'MODEL.BACKBONE.weights',
    expected: found.model.tags.map((t) => t.tag).join(', ') || 'none: no weights are published',
    got: weights,
  });
}

/** Whoever cannot download may have the weights all the same. */
function adviseLocalFile(error: unknown): never {
  if (!(error instanceof MdfeError) || !error.code.startsWith('hub/')) throw error;
  const { todo, ...details } = error.details;
  const advice = 'or give the weights as a local file: --backbone-weights FILE';
  throw new MdfeError({ ...details, todo: todo ? `${todo}; ${advice}` : advice }, error.exitCode);
}

function weightsHooks({ cacheDir }: Options, { onStatus, signal }: BackboneHooks): WeightsHooks {
  return {
    signal,
    cacheDir,
    onProgress: ({ file, bytes, total, bytesPerSecond, secondsLeft }) =>
      onStatus?.(
        `downloading ${file}: ${formatBytes(bytes)}${total === undefined ? '' : ` of ${formatBytes(total)}`}, ` +
          `${formatBytes(bytesPerSecond)}/s${Number.isFinite(secondsLeft) ? `, ${formatDuration(secondsLeft)} left` : ''}`,
      ),
    onRetry: ({ details: { what, got } }, pause) =>
      onStatus?.(
        `${what}${got === undefined ? '' : ` (${got})`}; trying again in ${formatDuration(pause / 1000)}`,
      ),
    onWaiting: (holder) => onStatus?.(`${holder} is fetching the same weights; waiting for it`),
    onConverting: (done) => onStatus?.(`converting the PyTorch checkpoint: ${Math.floor(100 * done)} %`),
  };
}
