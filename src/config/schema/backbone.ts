import { BACKBONE_TYPES } from '../../models/types.ts';
import { bool, choice, int, section, text } from './field.ts';

export const backboneSection = section(
  {
    output_dim: int(1152, {
      min: 1,
      description: "Width of the backbone's output; used only where the backbone does not say it itself.",
      details:
        'Every model of the registry says its own width, so this matters for a `local-dir:` model only.',
      unit: 'features',
      source: 'neck: number of inputs of the projection',
      aliases: ['out_dim', 'width'],
    }),
    freeze_backbone: bool(true, {
      description: 'True: linear probing, only neck and head are trained; False: end-to-end fine-tuning.',
      details:
        'A frozen backbone computes the same features every time it sees the same pixels, so they are computed once and stored. Fine-tuning runs the backbone in every step.',
      source: 'training loop',
      aliases: ['freeze', 'frozen'],
    }),
    type: choice(
      'siglip',
      BACKBONE_TYPES,
      {
        clip: 'OpenCLIP ViT, visual tower (arXiv 2103.00020; 2212.07143)',
        clip_convnext: 'OpenCLIP ConvNeXt (arXiv 2201.03545)',
        clipav2: 'CLIPA-v2 ViT, through OpenCLIP (arXiv 2306.15658)',
        'meta-clip': 'MetaCLIP ViT, through OpenCLIP (arXiv 2309.16671)',
        eva02: 'EVA-02 and EVA-CLIP ViT, through timm (arXiv 2303.11331; 2303.15389)',
        siglip: 'SigLIP ViT, through timm (arXiv 2303.15343)',
        dinov2: 'DINOv2 ViT, through timm (arXiv 2304.07193)',
        sam: 'Segment Anything ViT encoder without its neck, through timm (arXiv 2304.02643)',
      },
      {
        description: 'Family of the vision foundation model.',
        details:
          'Decides where `model_name` is looked up: OpenCLIP (clip, clip_convnext, clipav2, meta-clip) or timm (eva02, siglip, dinov2, sam).',
        source: 'model builder; first part of the run name',
        aliases: ['backbone_type', 'family'],
      },
    ),
    network_arch: text('sovit400m', {
      description: "Short name of the architecture; used in the run's name only.",
      source: 'run name',
      aliases: ['arch', 'architecture'],
    }),
    model_name: text('vit_so400m_patch14_siglip_384', {
      filled: true,
      description: 'Name of the model in OpenCLIP or timm, by type.',
      details:
        'A timm name may carry its weights tag after a dot (`vit_base_patch16_siglip_224.webli`); without one the default tag counts. `local-dir:PATH` names a folder with `model.safetensors` and `config.json` as timm writes them. `mdfe models` lists what is known.',
      source: 'model builder, weights download',
      aliases: ['name', 'model'],
    }),
    weights: text('', {
      description: 'OpenCLIP weights tag, e.g. openai; empty for timm models.',
      details: 'What OpenCLIP calls `pretrained`. For timm the tag is part of `model_name`.',
      source: 'weights download',
      usedWhen: { key: 'MODEL.BACKBONE.type', is: ['clip', 'clip_convnext', 'clipav2', 'meta-clip'] },
      aliases: ['pretrained', 'tag'],
    }),
    proj_layer: bool(false, {
      description: "Keep the backbone's own projection layer, which changes its output width.",
      details:
        'For EVA-02 it keeps the classifier or projection head. SigLIP, DINOv2 and SAM have none in this system.',
      source: 'model builder',
      usedWhen: {
        key: 'MODEL.BACKBONE.type',
        is: ['clip', 'clip_convnext', 'clipav2', 'meta-clip', 'eva02'],
      },
      aliases: ['projection'],
    }),
  },
  { description: 'The vision foundation model that turns an image into features.' },
);
