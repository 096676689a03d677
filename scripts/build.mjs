// Bundles everything that runs: extension, command line (which is also the trainer), workers, webviews.
// Entry points are found by convention, so a new worker or webview needs no change here:
//   extension.ts                -> dist/extension.cjs   (the extension host loads CommonJS)
//   src/cli/main.ts             -> dist/cli.mjs, with what commands load when they need it in dist/chunks
//   src/**/NAME.worker.ts       -> dist/NAME.worker.mjs
//   webview/NAME/main.ts        -> dist/webview/NAME.js and NAME.css
//   webview/NAME/first.ts       -> dist/webview/NAME.first.js  (a small script for pages whose own one is large)
//   src/kernels/assembly        -> dist/kernels/*.wasm  (scripts/build-kernels.mjs, only when something changed)
//   src/config/schema           -> dist/mdfe.schema.json (scripts/build-schema.mjs)
// and names the packages whose code went in: dist/bundled-packages.json.
import { existsSync, readdirSync, rmSync, watch as watchFolder, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';
import { buildKernels } from './build-kernels.mjs';
import { buildSchema } from './build-schema.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

/** Packages with native code or data files of their own stay in node_modules. */
const external = [
  'vscode',
  'onnxruntime-node',
  'sharp',
  'webgpu',
  '@napi-rs/canvas',
  '@tensorflow/tfjs-node',
  '@tensorflow/tfjs-node-gpu',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-backend-cpu',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-webgpu',
  'dejavu-fonts-ttf',
];

const shared = {
  absWorkingDir: root,
  bundle: true,
  metafile: true,
  sourcemap: true,
  minify: production,
  logLevel: 'warning',
  target: 'node20',
  loader: { '.wasm': 'binary' },
};

/** `import code from './x.worker.ts?bundled'`: the worker's whole bundle as text, for pages that start it from a blob. */
const bundledWorkers = {
  name: 'bundled workers',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\.worker\.ts\?bundled$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.replace('?bundled', '')),
      namespace: 'bundled-worker',
    }));
    onLoad({ filter: /.*/, namespace: 'bundled-worker' }, async ({ path }) => {
      const { outputFiles, metafile } = await build({
        ...shared,
        ...browser,
        entryPoints: [path],
        sourcemap: false,
        minify: true,
        write: false,
      });
      noteInputs(metafile);
      return { contents: outputFiles[0].text, loader: 'text' };
    });
  },
};

const browser = { platform: 'browser', format: 'iife', target: 'es2022' };
const node = { ...shared, platform: 'node', external };
const esm = {
  ...node,
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
};

const find = (folder, test) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true })
        .map(String)
        .filter(test)
        .map((f) => join(folder, f))
    : [];
const workers = find('src', (f) => f.endsWith('.worker.ts'));
const TRIAL = join('src', 'engine', 'engine-trial.worker.ts');
const workerEntry = (file) => ({ in: file, out: basename(file, '.ts') });
const webviews = [
  ...find('webview', (f) => basename(f) === 'main.ts').map((file) => [file, basename(dirname(file))]),
  ...find('webview', (f) => basename(f) === 'first.ts').map((file) => [
    file,
    `${basename(dirname(file))}.first`,
  ]),
];

const builds = [
  ...(existsSync(join(root, 'extension.ts'))
    ? [{ ...node, format: 'cjs', entryPoints: ['extension.ts'], outfile: 'dist/extension.cjs' }]
    : []),
  {
    ...esm,
    entryPoints: workers.filter((file) => file !== TRIAL).map(workerEntry),
    outdir: 'dist',
  },
  // Split, so that each command and trial loads its own packages alone: TensorFlow.js, sharp and the charts take half a
  // second. Chunks of earlier builds stay: a run that goes on meanwhile may still want one.
  {
    ...esm,
    entryPoints: [{ in: 'src/cli/main.ts', out: 'cli' }, workerEntry(TRIAL)],
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    outdir: 'dist',
  },
  ...(webviews.length
    ? [
        {
          ...shared,
          ...browser,
          plugins: [bundledWorkers],
          loader: { '.ttf': 'file' },
          assetNames: '[name]',
          entryPoints: webviews.map(([file, out]) => ({ in: file, out })),
          outdir: 'dist/webview',
        },
      ]
    : []),
];

/** Packages with code in a bundle: their licences go with it. */
const bundled = new Set();

function noteInputs({ inputs }) {
  for (const path of Object.keys(inputs)) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
    if (name) bundled.add(name);
  }
}

const buildRest = () => Promise.all([buildKernels(), buildSchema(root)]);

if (watch) {
  for (const options of builds) await (await context(options)).watch();
  watchRest();
} else {
  const started = performance.now();
  if (production) rmSync(join(root, 'dist', 'chunks'), { recursive: true, force: true }); // a package has its own alone
  await Promise.all([
    ...builds.map(async (options) => noteInputs((await build(options)).metafile)),
    buildRest(),
  ]);
  writeFileSync(join(root, 'dist', 'bundled-packages.json'), `${JSON.stringify([...bundled].sort())}\n`);
  console.error(`built dist/ in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** Kernels and schema now and after every change under src, one build at a time; esbuild watches its own inputs. */
function watchRest() {
  let wanted = true;
  let running = false;
  const run = async () => {
    if (running) return;
    running = true;
    while (wanted) {
      wanted = false;
      await buildRest().catch((error) => console.error(error.message));
    }
    running = false;
  };
  watchFolder(join(root, 'src'), { recursive: true }, () => {
    wanted = true;
    void run();
  });
  void run();
}
