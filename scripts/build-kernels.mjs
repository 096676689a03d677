// Builds dist/kernels/*.wasm from src/kernels/assembly and from the heads' own definitions:
//   src/kernels/probe-layout.ts  -> layout.ts   (the globals that both sides agree on)
//   src/heads/*                  -> entries.ts  (each head's per-entry function as SIMD code)
// then AssemblyScript compiles the result. Nothing is done when no input has changed.
//   node scripts/build-kernels.mjs
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const assembly = join(root, 'src/kernels/assembly');
const output = join(root, 'dist/kernels');
const cache = join(root, 'node_modules/.cache/mdfe-kernels');

/**
 * Modules that are built, one file of the assembly folder each. Those that several threads run on one memory import a
 * shared one; copies in and out of a shared memory are slower, so the others do not. Those that win by relaxed SIMD
 * (fused multiply-add) are built a second time with it.
 */
const MODULES = {
  probe: { source: 'probe', shared: true },
  'probe.relaxed': { source: 'probe', shared: true, relaxed: true },
  search: { source: 'search', shared: true },
  resize: { source: 'resize' },
  float16: { source: 'float16' },
};

/** Returns whether there was anything to build. */
export async function buildKernels() {
  const wanted = Object.keys(MODULES).map((name) => `${name}.wasm`);
  const stamp = join(output, '.inputs'); // beside what it describes: packages may be shared between checkouts
  const digest = digestOfInputs();
  const current = existsSync(stamp) && readFileSync(stamp, 'utf8') === digest;
  if (current && wanted.every((file) => existsSync(join(output, file)))) return false;

  mkdirSync(output, { recursive: true });
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'build-')); // builds may run beside one another
  try {
    cpSync(assembly, work, { recursive: true });
    await generate('src/kernels/probe-layout.ts', 'layoutSource', join(work, 'layout.ts'));
    await generate('src/train/probe/kernels-emit.ts', 'publishedEntriesSource', join(work, 'entries.ts'));
    for (const [name, { source, ...options }] of Object.entries(MODULES))
      await compile(join(work, `${source}.ts`), join(work, `${name}.wasm`), options);
    for (const file of wanted) renameSync(join(work, file), join(output, file));
  } finally {
    rmSync(work, { recursive: true });
  }
  writeFileSync(stamp, digest);
  return true;
}

/** Runs an exported function of a TypeScript file and writes what it returns. */
async function generate(entry, name, file) {
  const bundle = `${file}.generator.mjs`;
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  });
  const module = await import(pathToFileURL(bundle).href);
  writeFileSync(file, module[name]());
}

/** Compiles one AssemblyScript file to a module that imports its memory. */
export async function compile(source, target, { shared = false, relaxed = false } = {}) {
  const asc = await import('assemblyscript/asc');
  const { error, stderr } = await asc.main([
    relative(root, source),
    ...['--outFile', relative(root, target), '--baseDir', root],
    ...['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--noExportMemory'],
    ...['--initialMemory', '1', '--maximumMemory', '65536', ...(shared ? ['--sharedMemory'] : [])],
    ...[
      '--enable',
      ['simd', 'bulk-memory', shared && 'threads', relaxed && 'relaxed-simd'].filter(Boolean).join(),
    ],
  ]);
  if (error) throw new Error(`asc cannot compile ${relative(root, source)}:\n${stderr.toString()}`);
}

function digestOfInputs() {
  const hash = createHash('sha256');
  const inputs = [
    'scripts/build-kernels.mjs',
    'src/kernels/probe-layout.ts',
    'src/train/probe/kernels-emit.ts',
    'src/common/errors.ts',
    'node_modules/assemblyscript/package.json',
    ...list('src/kernels/assembly'),
    ...list('src/heads').filter((file) => !file.endsWith('.test.ts')),
  ];
  for (const file of inputs) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function list(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((file) => statSync(join(root, file)).isFile())
    .sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const built = await buildKernels();
  console.error(built ? 'built dist/kernels' : 'dist/kernels is current');
}
