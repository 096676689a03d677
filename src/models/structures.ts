import { assertNever } from '../common/errors.ts';
import type { Graph } from '../graph/ops.ts';
import type { RawArgs } from './args.ts';
import { buildConvNext, CONVNEXT_TRUNKS } from './convnext.ts';
import { buildEva } from './eva02.ts';
import type { NetOptions } from './net.ts';
import { buildOpenClipVit } from './openclip-vit.ts';
import { buildSam } from './sam.ts';
import { buildVit } from './vit.ts';

/** Architectures by the names of the classes that publish them. */
export const STRUCTURES = {
  VisionTransformer: buildVit,
  Eva: buildEva,
  VisionTransformerSAM: buildSam,
  OpenClipVit: buildOpenClipVit,
  OpenClipConvNext: buildConvNext,
} as const satisfies Record<string, (args: RawArgs, options: NetOptions) => Graph>;
export type StructureName = keyof typeof STRUCTURES;

/** Width of the features without and with the published projection or classifier, from the arguments alone. */
export function outputWidth(structure: StructureName, args: RawArgs): { plain: number; projected: number } {
  const number = (name: string) => Number(args[name]);
  switch (structure) {
    case 'VisionTransformer':
    case 'VisionTransformerSAM':
      return { plain: number('embed_dim'), projected: number('embed_dim') };
    case 'Eva':
      return { plain: number('embed_dim'), projected: number('num_classes') || number('embed_dim') };
    case 'OpenClipVit':
      return { plain: number('width'), projected: number('embed_dim') };
    case 'OpenClipConvNext':
      return {
        plain: CONVNEXT_TRUNKS[String(args.timm_model_name)]!.dims.at(-1)!,
        projected: number('embed_dim'),
      };
    default:
      return assertNever(structure);
  }
}
