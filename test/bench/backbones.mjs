// Frozen inference: images/s, images per CPU second, load time and memory of one model of each family with random
// weights. With MDFE_PYTHON (a Python that has torch, timm and open_clip) PyTorch runs the same weights and pixels,
// and the features are compared.
//   node test/bench/backbones.mjs [TYPE]      default: all families

import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const outfile = join(root, 'dist', 'bench-backbones.mjs');
await build({
  absWorkingDir: root,
  entryPoints: ['test/bench/backbones.ts'],
  outfile,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
});
await import(pathToFileURL(outfile).href);
