// End to end in real VS Code (code-server and chromium): npm run test:e2e [-- SCENARIO]
//   real      a VSIX, the real command line, a small real image set
//   scripted  a trainer that only writes run folders: every state of the panel, 100,000 steps, all themes
//   language  a configuration is written: completion, problems, fixes, hints, lenses, documents
//   experiment the experiment editor: Monaco, the document shared with the text editor, forms, preview, themes
//   retrieval a trained run is evaluated; its gallery is filtered, walked through by keyboard, reloaded, made large
//   packaging a run is packaged, its notebook opened, published with a stand-in for kaggle; Google Drive by a stand-in
//   datasets  the Datasets view over a folder with whole and incomplete sets
//   untrusted an untrusted workspace: what works in it, what does not and says so
//   sweep     a sweep of the real command line: table, stop, resume; then MDFE: Evaluate
// Screenshots go to test/artefacts. MDFE_VSIX names a package to test instead of a new one.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { datasets } from './datasets.mjs';
import { experiment } from './editor-webview.mjs';
import { language } from './language.mjs';
import { packaging } from './packaging.mjs';
import { real } from './real.mjs';
import { retrieval } from './retrieval.mjs';
import { scripted } from './scripted.mjs';
import { setUp } from './setup.mjs';
import { sweep } from './sweep.mjs';
import { untrusted } from './untrusted.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const scenarios = { real, scripted, language, experiment, retrieval, packaging, datasets, untrusted, sweep };
const wanted = process.argv.slice(2);
const cache = join(root, 'test', '.cache');
mkdirSync(cache, { recursive: true });

const tools = setUp();
const vsix = process.env.MDFE_VSIX ?? makeVsix();
let failed = 0;
for (const [name, scenario] of Object.entries(scenarios)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const started = performance.now();
  const step = (text) =>
    console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${name}: ${text}`);
  try {
    await scenario({ tools, vsix, cache, artefacts: join(root, 'test', 'artefacts'), step });
    step('passed');
  } catch (error) {
    failed++;
    step(`FAILED\n${error.stack}`);
  }
}
process.exitCode = failed > 0 ? 1 : 0;

function makeVsix() {
  const out = join(cache, 'mdfe.vsix');
  execFileSync(process.execPath, [join(root, 'scripts', 'package.mjs'), '--out', out], { stdio: 'inherit' });
  return out;
}
