import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFile } from '../src/common/dist.ts';
import type { RawArgs } from '../src/models/args.ts';
import { findModel } from '../src/models/registry.ts';
import type { StructureName } from '../src/models/structures.ts';
import type { BackboneType } from '../src/models/types.ts';
import { GOLDEN } from './golden-folder.ts';

/** Our own: other input sizes than the published ones, and PyTorch's gradients (`__grad.*` of `__readout`). */
const EXTRA = packageFile('test/golden-extra');

/** The `cases.json` of a folder, each case with the root that it was read from. */
export const readCases = <T>(root: string, folder: string): (T & { readonly root: string })[] =>
  JSON.parse(readFileSync(join(root, folder, 'cases.json'), 'utf8')).map((c: T) => ({ ...c, root }));

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
