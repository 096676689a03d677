// The WebAssembly kernels: probe step, exact search, resize, half floats. See README.md beside this file.
//   node test/bench/kernels.mjs [step] [search] [resize] [float16] [--quick]      default: all four
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const outdir = join(root, 'dist');
await build({
  absWorkingDir: root,
  entryPoints: { 'bench-kernels': 'test/bench/kernels.ts' },
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  chunkNames: 'bench-[name]-[hash]',
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
});
await import(pathToFileURL(join(outdir, 'bench-kernels.mjs')).href);
