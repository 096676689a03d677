import type { Config } from '../config/schema/index.ts';
import type { RunOptions } from '../run/record.ts';
import { linearNeck, type Neck, poolingNeck, readLinearNeck } from './neck.ts';
import { type BackboneHooks, type OpenedBackbone, openBackbone } from './open-backbone.ts';
import { initialNeck } from './probe/initial.ts';

/** What inference needs of the options of a run. */
export type InferenceOptions = Omit<RunOptions, 'shuffle' | 'views'>;

export interface EmbedderRequest {
  readonly config: Config;
  readonly options: InferenceOptions;
  /** File with the neck's tensors, of fine-tuning with the backbone's too; absent: as a training with this seed starts. */
  readonly checkpoint?: string | undefined;
}

/** Backbone and neck: images to embeddings. */
export interface Embedder {
  readonly backbone: OpenedBackbone;
  readonly neck: Neck;
  /** Which neck it is, in words. */
  readonly neckTitle: string;
}

/** Finds backbone and neck and checks that they fit; nothing is computed yet. */
export async function openEmbedder(request: EmbedderRequest, hooks: BackboneHooks): Promise<Embedder> {
  const backbone = await openOwnBackbone(request, hooks);
  return { backbone, ...(await openNeck(request.config, backbone.width, request.checkpoint)) };
}

/** The configured backbone; where it was trained too, as it stands in the checkpoint. */
export function openOwnBackbone(
  { config, options, checkpoint }: EmbedderRequest,
  hooks: BackboneHooks,
): Promise<OpenedBackbone> {
  const trained = config.MODEL.BACKBONE.freeze_backbone ? undefined : checkpoint;
  return openBackbone(
    config,
    trained === undefined ? options : { ...options, backboneWeights: trained, fromScratch: false },
    hooks,
  );
}

async function openNeck(
  { MODEL, SEED }: Config,
  width: number,
  checkpoint: string | undefined,
): Promise<Omit<Embedder, 'backbone'>> {
  const { embedding_dim: embeddingDim, NECK } = MODEL;
  if (NECK.neck_type === 'pooling')
    return { neck: poolingNeck(width, embeddingDim), neckTitle: 'pooling, nothing to train' };
  if (checkpoint !== undefined)
    return { neck: await readLinearNeck(checkpoint, width), neckTitle: checkpoint };
  const state = initialNeck({ neck: NECK.neck_type, width, embeddingDim, seed: SEED });
  return { neck: linearNeck(state), neckTitle: `untrained, seed ${SEED}` };
}
