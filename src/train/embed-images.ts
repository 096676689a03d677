import type { ImageList } from '../data/image-list.ts';
import { prepareFeatures } from '../features/prepare.ts';
import type { FeatureProgress } from '../features/request.ts';
import { embedRows } from './embed-rows.ts';
import { type EmbedderRequest, openEmbedder, openOwnBackbone } from './embedder.ts';
import { storeRequest } from './fill-store.ts';
import type { BackboneHooks } from './open-backbone.ts';

export interface EmbedImagesRequest extends EmbedderRequest {
  readonly images: ImageList;
  /** Stop before the neck: the backbone's own features. */
  readonly featuresOnly: boolean;
}

export interface EmbedImagesHooks extends BackboneHooks {
  readonly onFeatures?: ((progress: FeatureProgress) => void) | undefined;
}

export interface EmbeddedImages {
  /** [N, dim], in the order of the images */
  readonly embeddings: Float32Array;
  readonly dim: number;
  /** [N] number of each image; all of them unless bad images were skipped. */
  readonly kept: Int32Array;
  /** Which neck, in words; absent for features. */
  readonly neckTitle: string | undefined;
}

/** Embeds images as the packaged model does: its preprocessing, backbone, neck. */
export async function embedImages(
  request: EmbedImagesRequest,
  hooks: EmbedImagesHooks,
): Promise<EmbeddedImages> {
  const { config, options, images, featuresOnly } = request;
  const { backbone, neck, neckTitle } = featuresOnly
    ? { backbone: await openOwnBackbone(request, hooks), neck: undefined, neckTitle: undefined }
    : await openEmbedder(request, hooks);
  const { store, kept } = await prepareFeatures(
    {
      ...storeRequest(config, backbone, options),
      images,
      transform: { name: 'inference', size: backbone.imageSize },
      views: 1,
    },
    { onProgress: hooks.onFeatures, signal: hooks.signal },
  );
  try {
    const dim = neck?.dim ?? store.width;
    const rows = kept.map((_, row) => row);
    const embed = neck
      ? (features: Float32Array) => neck.embed(features)
      : (features: Float32Array) => features;
    const embeddings = await embedRows(store, rows, embed, dim, hooks.signal);
    return { embeddings, dim, kept, neckTitle };
  } finally {
    await store.close();
  }
}
