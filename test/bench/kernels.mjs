// The WebAssembly kernels: probe step, exact search, resize, half floats. See README.md beside this file.
//   node test/bench/kernels.mjs [step] [search] [resize] [float16] [--quick]      default: all four
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const outfile = join(root, 'dist', 'bench-kernels.mjs');
await build({
  absWorkingDir: root,
  entryPoints: ['test/bench/kernels.ts'],
  outfile,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
});
await import(pathToFileURL(outfile).href);
