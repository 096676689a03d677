import type { RawArgs } from '../src/models/args.ts';
import { findModel } from '../src/models/registry.ts';
import type { StructureName } from '../src/models/structures.ts';
import type { BackboneType } from '../src/models/types.ts';
import { EXTRA, GOLDEN, readCases } from './golden-folder.ts';

export interface BackboneCase {
  /** Folder that `backbones` lies in. */
  readonly root: string;
  readonly case: string;
  readonly type: BackboneType;
  readonly library: string;
  readonly image_size: number;
  readonly with_proj_layer: boolean;
  readonly args: RawArgs & { readonly like?: string; readonly vision_cfg?: RawArgs };
}

/** The structure of a case: a registered timm model with arguments changed, or OpenCLIP's own arguments. */
export function structureOf({ type, args }: BackboneCase): { structure: StructureName; args: RawArgs } {
  const { like, vision_cfg, ...rest } = args;
  if (type === 'clip_convnext') return { structure: 'OpenClipConvNext', args: rest };
  if (vision_cfg) return { structure: 'OpenClipVit', args: { ...rest, ...vision_cfg } };
  const { model } = findModel(like!)!;
  return { structure: model.structure, args: { ...model.args, ...rest } };
}

export const BACKBONE_CASES = [
  ...readCases<BackboneCase>(GOLDEN, 'backbones'),
  ...readCases<BackboneCase>(EXTRA, 'backbones'),
];
