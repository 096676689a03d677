// Feature extraction: images/s and CPU seconds of SigLIP ViT-B/16 with random weights, peak memory at two data set
// sizes, and how soon a filled store is ready. With MDFE_PYTHON (a Python that has torch, timm and Pillow) the same
// images go through PyTorch in the same run.
//   node test/bench/extraction.mjs [IMAGES]      default 128

import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const outfile = join(root, 'dist', 'bench-extraction.mjs');
await build({
  absWorkingDir: root,
  entryPoints: ['test/bench/extraction.ts'],
  outfile,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
});
await import(pathToFileURL(outfile).href);
