// The extension host's share: time to load and activate, and to follow a run of 100,000 steps.
//   npm run build && node test/bench/editor/run.mjs
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const STEPS = 100_000;
const PER_EVENT = 10;
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const scratch = mkdtempSync(join(tmpdir(), 'mdfe-bench-editor-'));
try {
  console.log(`node ${process.version} on ${process.platform}-${process.arch}`);
  activation();
  await following();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Loads the bundle with a stand-in for the editor's API that accepts every call. */
function activation() {
  const anything = new Proxy(function stand() {}, {
    get: (_target, name) =>
      name === Symbol.toPrimitive ? () => '' : name === 'workspaceFolders' ? undefined : anything,
    set: () => true,
    apply: () => anything,
    construct: () => anything,
  });
  const types = readFileSync(createRequire(import.meta.url).resolve('@types/vscode/index.d.ts'), 'utf8');
  const names = types.matchAll(/^\texport (?:class|enum|namespace|const) (\w+)/gm);
  const vscode = Object.fromEntries([...names].map(([, name]) => [name, anything]));
  const load = Module._load;
  Module._load = (name, ...rest) => (name === 'vscode' ? vscode : load(name, ...rest));
  const started = performance.now();
  const extension = createRequire(import.meta.url)(join(root, 'dist', 'extension.cjs'));
  const loaded = performance.now();
  extension.activate({
    subscriptions: [],
    extensionUri: anything,
    extension: { packageJSON: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) },
    secrets: anything,
    globalStorageUri: anything,
    workspaceState: { get: (_key, value) => value, update() {} },
  });
  const activated = performance.now();
  Module._load = load;
  console.log(
    `load ${(loaded - started).toFixed(1)} ms, activate ${(activated - loaded).toFixed(1)} ms (goal: 100 ms together)`,
  );
}

async function following() {
  const entry = join(scratch, 'entry.ts');
  const source = (file) => JSON.stringify(join(root, 'src', file));
  writeFileSync(
    entry,
    `export { RunMonitor } from ${source('host/run-monitor.ts')}; export { takeSnapshot } from ${source('run/snapshot.ts')};`,
  );
  const outfile = join(scratch, 'host.mjs');
  await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'esm', outfile });
  const { RunMonitor, takeSnapshot } = await import(pathToFileURL(outfile).href);
  writeRun(scratch);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const started = performance.now();
  const monitor = new RunMonitor(
    scratch,
    () => {},
    (error) => {
      throw error;
    },
  );
  await monitor.loaded;
  const read = performance.now();
  const snapshot = takeSnapshot(monitor.history);
  const taken = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 50));
  delay.disable();
  monitor.dispose();
  const bytes = snapshot.loss.byteLength + snapshot.lr.byteLength + snapshot.lrAfter.byteLength;
  console.log(
    `${STEPS} steps: read in ${(read - started).toFixed(0)} ms, snapshot of ${(bytes / 1e6).toFixed(1)} MB in ${(taken - read).toFixed(1)} ms`,
  );
  console.log(
    `longest time that the extension host was held up: ${(delay.max / 1e6).toFixed(1)} ms (goal: below 50 ms)`,
  );
}

function writeRun(dir) {
  const record = {
    version: 1,
    name: 'bench',
    status: 'done',
    pid: 1,
    processStart: '',
    host: hostname(),
    created: '',
    updated: '',
  };
  writeFileSync(join(dir, 'run.json'), JSON.stringify(record));
  let lines = '';
  for (let seq = 0; seq < STEPS / PER_EVENT; seq++) {
    const values = (f) => Array.from({ length: PER_EVENT }, (_, i) => f(seq * PER_EVENT + i));
    const curves = {
      loss: values((s) => 10 / Math.sqrt(s + 1)),
      lr: values((s) => 0.02 * Math.cos(s / STEPS)),
      lrAfter: values((s) => 0.02 * Math.cos((s + 1) / STEPS)),
    };
    const event = {
      v: 1,
      seq,
      time: seq,
      type: 'step',
      first: seq * PER_EVENT + 1,
      ...curves,
      epoch: 1,
      speed: 1000,
      secondsLeft: 1,
    };
    lines += `${JSON.stringify(event)}\n`;
  }
  appendFileSync(join(dir, 'events.jsonl'), lines);
}
