import { resolve } from 'node:path';
import type { DistanceName } from '../config/names.ts';
import { retrievalSet } from '../eval/hold-out.ts';
import type { RetrievalSet } from '../eval/retrieval-set.ts';
import { prepareFeatures } from '../features/prepare.ts';
import type { FeatureProgress } from '../features/request.ts';
import { searchTopK } from '../kernels/search.ts';
import { embedRows } from './embed-rows.ts';
import { type EmbedderRequest, openEmbedder } from './embedder.ts';
import { storeRequest } from './fill-store.ts';
import type { BackboneHooks } from './open-backbone.ts';

export interface NeighbourRequest extends EmbedderRequest {
  readonly dataDir: string;
  /** Index images to look in; default: those that EVAL holds out. */
  readonly csv?: string | undefined;
  readonly metric: DistanceName;
  /** Query images, absolute paths; they need not belong to the set. */
  readonly queries: readonly string[];
  /** Neighbours of each. */
  readonly k: number;
}

export interface NeighbourHooks extends BackboneHooks {
  readonly onFeatures?: ((progress: FeatureProgress) => void) | undefined;
}

export interface Neighbour {
  /** Relative to the data root. */
  readonly image: string;
  /** Class, as the annotation names it. */
  readonly label: string;
  readonly distance: number;
  /** Whether it is of the query's class; undefined where the set does not know the query. */
  readonly right: boolean | undefined;
}

export interface NeighboursOfQuery {
  readonly query: string;
  /** Nearest first; the query itself is left out. */
  readonly neighbours: readonly Neighbour[];
}

/** The nearest index images of each query image, by the embedding that `evaluate` scores. */
export async function findNeighbours(
  request: NeighbourRequest,
  hooks: NeighbourHooks,
): Promise<readonly NeighboursOfQuery[]> {
  const { config, options, dataDir, csv, metric, queries, k } = request;
  const set = await retrievalSet(config, dataDir, { csv, cacheDir: options.cacheDir });
  const index = Array.from({ length: set.length }, (_, i) => i).filter((i) => set.isQuery[i] === 0);
  const { backbone, neck } = await openEmbedder(request, hooks);
  const { store, kept } = await prepareFeatures(
    {
      ...storeRequest(config, backbone, options),
      images: {
        root: set.root,
        length: queries.length + index.length,
        image: (i) => (i < queries.length ? queries[i]! : set.image(index[i - queries.length]!)),
      },
      transform: { name: 'inference', size: backbone.imageSize },
      views: 1,
    },
    { onProgress: hooks.onFeatures, signal: hooks.signal },
  );
  try {
    const rows = kept.map((_, row) => row);
    const split = kept.findIndex((i) => i >= queries.length);
    const embed = (part: Int32Array) =>
      embedRows(store, part, (features) => neck.embed(features), neck.dim, hooks.signal);
    const { indices, distances } = await searchTopK({
      queries: await embed(rows.subarray(0, split)),
      index: await embed(rows.subarray(split)),
      dim: neck.dim,
      k: k + 1, // one may be the query itself
      metric,
      threads: options.threads,
      signal: hooks.signal,
    });
    const known = knownLabels(set, queries);
    return Array.from(kept.subarray(0, split), (q, row) => {
      const query = queries[q]!;
      const found: Neighbour[] = [];
      for (let i = row * (k + 1); i < (row + 1) * (k + 1) && indices[i]! >= 0; i++) {
        const image = index[kept[split + indices[i]!]! - queries.length]!;
        if (resolve(set.root, set.image(image)) === query) continue;
        const label = known.get(query);
        const right = label === undefined ? undefined : label === set.labels[image];
        const own = set.classNames[set.labels[image]!]!;
        found.push({ image: set.image(image), label: own, distance: distances[i]!, right });
      }
      return { query, neighbours: found.slice(0, k) };
    });
  } finally {
    await store.close();
  }
}

/** Classes of the query images that belong to the set. */
function knownLabels(set: RetrievalSet, queries: readonly string[]): Map<string, number> {
  const wanted = new Set(queries);
  const labels = new Map<string, number>();
  for (let i = 0; i < set.length; i++) {
    const path = resolve(set.root, set.image(i));
    if (wanted.has(path)) labels.set(path, set.labels[i]!);
  }
  return labels;
}
