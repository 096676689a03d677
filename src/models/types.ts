/** Backbones whose model_name and weights are OpenCLIP's. */
const OPEN_CLIP_TYPES = ['clip', 'clip_convnext', 'clipav2', 'meta-clip'] as const;
/** Backbones whose model_name is timm's; the name may carry its weights tag after a dot. */
const TIMM_TYPES = ['eva02', 'siglip', 'dinov2', 'sam'] as const;
export const BACKBONE_TYPES = [...OPEN_CLIP_TYPES, ...TIMM_TYPES] as const;
export type BackboneType = (typeof BACKBONE_TYPES)[number];

export function isOpenClipType(type: BackboneType): boolean {
  return (OPEN_CLIP_TYPES as readonly string[]).includes(type);
}
