import type { DistanceName } from '../config/names.ts';
import { retrievalSet } from '../eval/hold-out.ts';
import type { RetrievalSet } from '../eval/retrieval-set.ts';
import type { RetrievalScores } from '../eval/score.ts';
import { prepareFeatures } from '../features/prepare.ts';
import type { FeatureProgress } from '../features/request.ts';
import { type Embedder, type EmbedderRequest, openEmbedder } from './embedder.ts';
import { storeRequest } from './fill-store.ts';
import { Gallery, type GalleryEntry } from './gallery.ts';
import { HeldOutScorer } from './held-out-scorer.ts';
import type { BackboneHooks } from './open-backbone.ts';

export interface EvaluationRequest extends EmbedderRequest {
  readonly dataDir: string;
  /** Replaces what EVAL holds out. */
  readonly csv?: string | undefined;
  readonly metric: DistanceName;
}

export interface EvaluationHooks extends BackboneHooks {
  readonly onFeatures?: ((progress: FeatureProgress) => void) | undefined;
  readonly onScored?: ((done: number, total: number) => void) | undefined;
}

export interface Evaluation {
  readonly scores: RetrievalScores;
  readonly set: RetrievalSet;
  readonly embedder: Embedder;
  /** Bad images that were left out. */
  readonly skipped: number;
  /** Every query with its neighbours, worst first. */
  readonly gallery: readonly GalleryEntry[];
}

/** Scores a backbone and a neck on held-out images, outside a training. */
export async function evaluate(request: EvaluationRequest, hooks: EvaluationHooks): Promise<Evaluation> {
  const { config, options, dataDir, csv, metric } = request;
  const set = await retrievalSet(config, dataDir, { csv, cacheDir: options.cacheDir });
  const embedder = await openEmbedder(request, hooks);
  const { backbone, neck } = embedder;
  const { store, kept, skipped } = await prepareFeatures(
    {
      ...storeRequest(config, backbone, options),
      images: set,
      transform: { name: 'inference', size: backbone.imageSize },
      views: 1,
    },
    { onProgress: hooks.onFeatures, signal: hooks.signal },
  );
  const scorer = new HeldOutScorer(set, store, kept, metric);
  const gallery = new Gallery(set, scorer);
  try {
    const scores = await scorer.score((features) => neck.embed(features), neck.dim, {
      threads: options.threads,
      onProgress: hooks.onScored,
      onQuery: (query, row) => gallery.add(query, row),
      signal: hooks.signal,
    });
    return { scores, set, embedder, skipped: skipped.length, gallery: gallery.worstFirst() };
  } finally {
    await scorer.close();
  }
}
