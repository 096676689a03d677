// Runs a benchmark of test/bench: npm run bench -- NAME [ARGUMENTS]. test/bench/README.md lists them.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const names = readdirSync(join(root, 'test', 'bench'))
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.replace('.bench.ts', ''));
const [name, ...rest] = process.argv.slice(2);
if (!names.includes(name)) {
  console.error(`which benchmark? one of ${names.join(', ')}`);
  process.exit(2);
}
const outdir = join(root, 'dist');
await build({
  absWorkingDir: root,
  entryPoints: { [`bench-${name}`]: `test/bench/${name}.bench.ts` },
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
const { status } = spawnSync(process.execPath, [join(outdir, `bench-${name}.mjs`), ...rest], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
