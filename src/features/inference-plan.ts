import { availableParallelism, totalmem } from 'node:os';
import type { Precision } from '../common/precision.ts';
import type { FrozenBackbone, InferenceEngine } from './request.ts';

/** How the network runs on an engine. */
export interface InferencePlan {
  /** Copies of the network's session, each in a worker of its own. */
  readonly sessions: number;
  /** Threads inside each session; undefined: the provider's business. */
  readonly threads: number | undefined;
  /** Images per run. */
  readonly batchSize: number;
  /** Keep the weights once more, in the order in which matrix products read them. */
  readonly prepack: boolean;
  /** Standard operators only. */
  readonly portable: boolean;
  /** The provider compiles the network for the batch it sees: it gets whole batches only. */
  readonly compiled: boolean;
}

const MIB = 2 ** 20;
/** On a CPU a run's values should stay in the caches: 2 to 4 images of ViT-B/16 are a tenth faster than 8. */
const VALUES_PER_RUN = 16 * MIB;
const MOST_PER_RUN_ON_CPU = 8;
const MOST_PER_RUN_ON_GPU = 32;
/** SAM at 1024 pixels has 2 GB of values an image. */
const VALUES_PER_RUN_ON_GPU = 2048 * MIB;
/**
 * Where ONNX Runtime's own operators are used. Of the others, TensorRT and Core ML do not know them, and WebGPU's
 * attention is wrong: by 0.04 of 2.8 for 64 tokens in heads of 32.
 */
const FUSING: readonly string[] = ['cpu', 'cuda'];
/** They compile anew for every new shape. */
const COMPILING: readonly string[] = ['tensorrt', 'coreml'];
/** Weights beyond this are read where they lie: packing them gains 5 % and costs their size in every session. */
const MOST_TO_PACK = 1280 * MIB;
/** Share of the machine's memory for what each session holds of its own. */
const SHARE_OF_MEMORY = 1 / 3;

/**
 * On a CPU: one session of one thread for each thread, as far as memory allows. Threads that share a matrix product wait
 * for one another and pack the same weights; sessions beside one another share only the mapped weight file. How many
 * there are does not change the features.
 */
export function planInference(
  { providers, threads: asked }: Pick<InferenceEngine, 'providers' | 'threads'>,
  backbone: Pick<FrozenBackbone, 'valueBytes' | 'portableValueBytes' | 'weightBytes' | 'mapped'>,
  precision: Precision,
  batchSize?: number,
  memory = totalmem(),
): InferencePlan {
  const [provider = 'cpu'] = providers;
  const portable = !FUSING.includes(provider);
  const compiled = COMPILING.includes(provider);
  const { weightBytes } = backbone;
  const valueBytes = portable ? backbone.portableValueBytes : backbone.valueBytes;
  const fitting = (most: number, bytes: number) =>
    Math.max(1, Math.min(most, Math.floor(bytes / valueBytes)));
  if (provider !== 'cpu')
    return {
      sessions: 1,
      threads: undefined,
      batchSize: batchSize ?? fitting(MOST_PER_RUN_ON_GPU, VALUES_PER_RUN_ON_GPU),
      prepack: false,
      portable,
      compiled,
    };
  const threads = asked ?? availableParallelism();
  // 8-bit values have one scale for all that runs together: an image's features must not depend on its neighbours.
  const batch = precision === 'int8' ? 1 : (batchSize ?? fitting(MOST_PER_RUN_ON_CPU, VALUES_PER_RUN));
  const room = memory * SHARE_OF_MEMORY;
  const values = batch * valueBytes;
  const sessionsFor = (own: number) => Math.max(1, Math.min(threads, Math.floor(room / own)));
  if (precision === 'int8') {
    // Made in the form that is mapped and multiplied as it lies.
    const sessions = sessionsFor(values);
    return {
      sessions,
      threads: Math.floor(threads / sessions),
      batchSize: batch,
      prepack: false,
      portable,
      compiled,
    };
  }
  // Converted weights are private memory anyway; packing replaces them.
  const mapped = backbone.mapped && precision === 'fp32';
  const prepack = !mapped || (weightBytes <= MOST_TO_PACK && threads * (values + weightBytes) <= room);
  // What is large is held once, even if threads that share a session wait for one another.
  const sessions =
    prepack && weightBytes > MOST_TO_PACK ? 1 : sessionsFor(values + (prepack ? weightBytes : 0));
  return { sessions, threads: Math.floor(threads / sessions), batchSize: batch, prepack, portable, compiled };
}
