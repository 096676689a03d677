import { backboneSection } from './backbone.ts';
import { bool, int, section, text } from './field.ts';
import { headSection } from './head.ts';
import { neckSection } from './neck.ts';

export const modelSection = section(
  {
    name: text('siglip-sovit400m_proj_layer64_arcface_adam2e-2_m4d-35k', {
      filled: true,
      description: 'Name of the model; training replaces it by a generated name.',
      details: 'A zero-shot model keeps it: it is written to `results/zero_shot_models/NAME.pt`.',
      source: 'zero-shot model; run name',
    }),
    embedding_dim: int(64, {
      min: 1,
      max: 65_536,
      description: 'Size of the embedding; the Kaggle challenge allows at most 64.',
      unit: 'numbers per image',
      source: 'neck and head',
      aliases: ['emb_dim', 'dim', 'embedding_size', 'output_dim'],
    }),
    output_dir: text('results/', {
      filled: true,
      description: 'Folder that runs are written to; the flag --output-dir replaces it.',
      source: 'run folder',
      aliases: ['output', 'out_dir'],
    }),
    cloud_upload: bool(true, {
      description: 'Upload every packaged checkpoint to Google Drive.',
      details: 'Needs the section GOOGLE_DRIVE and a sign-in. Local copies go only after a verified upload.',
      source: 'packaging',
      aliases: ['upload'],
    }),
    BACKBONE: backboneSection.prefault({}),
    NECK: neckSection.prefault({}),
    HEAD: headSection.prefault({}),
  },
  { description: 'The embedding model: normalisation, backbone, neck and head.' },
);
