import { formatBytes } from '../common/bytes.ts';
import { CHALLENGE_LIMIT } from '../config/checks/embedding-dim.ts';
import type { Package } from '../package/bundle.ts';
import { UNKNOWN_USER } from '../package/kaggle/metadata.ts';
import type { OptionSpec } from './command.ts';

/** Options of every command that writes a packaged model. */
export const PACKAGE_OPTIONS = {
  'backbone-weights': {
    type: 'string',
    value: 'FILE',
    help: "the backbone's weights, under their published names",
  },
  half: {
    type: 'boolean',
    help: 'store the weights in float16: half the size; computes in float32 all the same',
  },
  format: {
    type: 'string',
    value: 'pt|onnx',
    help: 'TorchScript with what Kaggle needs, or ONNX',
    default: 'pt',
  },
  'drive-url': {
    type: 'string',
    value: 'URL',
    help: 'share link of the zip on Google Drive, for the notebook',
  },
  force: { type: 'boolean', help: 'replace files that are there' },
} as const satisfies Record<string, OptionSpec>;

/** Says what was written and what to do with it. */
export function summarisePackage({ manifest, model, manifestFile, kaggle }: Package): void {
  const { embeddingDim, weights, size } = manifest;
  console.log(`model:     ${model}  (${formatBytes(size)}, ${weights}, ${embeddingDim} numbers per image)`);
  console.log(`manifest:  ${manifestFile}`);
  if (!kaggle) return;
  console.log(`zip:       ${kaggle.zip}`);
  console.log(`notebook:  ${kaggle.notebook}`);
  console.log(`upload:    kaggle datasets create -p ${kaggle.datasetDir}`);
  console.log(`submit:    kaggle kernels push -p ${kaggle.kernelDir}`);
  if (!kaggle.userKnown)
    console.error(
      `warning: your name on Kaggle is not known: put it in the place of ${UNKNOWN_USER} in kernel-metadata.json and ` +
        'dataset/dataset-metadata.json, or set KAGGLE_USERNAME and package again with --force',
    );
  if (embeddingDim > CHALLENGE_LIMIT)
    console.error(
      `warning: the embedding has ${embeddingDim} numbers; the Kaggle challenge takes at most ${CHALLENGE_LIMIT}`,
    );
}
