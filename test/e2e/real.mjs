// The main job with the real trainer: palette -> MDFE: Train -> data folder -> curves -> end -> reload -> history
// again; then a long run that is stopped and leaves a checkpoint.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { openEditor } from './editor.mjs';
import { curvePixels, shownSteps, waitForStatus, waitForSteps } from './panel.mjs';

const SHORT_EPOCHS = 12;

export async function real({ tools, vsix, cache, artefacts, step }) {
  const workspace = mkdtempSync(join(tmpdir(), 'mdfe-real-'));
  const { data, weights } = await (await realData(cache)).makeRealWorkspace(workspace);
  step('drew the image set');
  const settings = { 'mdfe.backboneWeights': weights, 'mdfe.cacheDir': join(workspace, 'cache') };
  const editor = await openEditor({ tools, vsix, workspace, artefacts, settings });
  const runs = () => (existsSync(join(workspace, 'results')) ? readdirSync(join(workspace, 'results')) : []);
  const record = (run) => JSON.parse(readFileSync(join(workspace, 'results', run, 'run.json'), 'utf8'));
  try {
    step('VS Code is up');
    await editor.openFile('configs', 'short.yaml');
    await editor.page
      .locator('.editor-actions [aria-label^="MDFE: Train"], .editor-actions [aria-label^="Train"]')
      .first()
      .waitFor();
    await editor.command('MDFE: Train');
    await editor.chooseFolder(data);
    const panel = editor.panel();
    const first = await waitForSteps(panel, 1, 120_000);
    step(`first ${first} steps in the chart`);
    await waitForStatus(panel, 'Done', 180_000);
    await editor.notification('training done').waitFor();
    const [short] = runs();
    const { totalSteps, epochs, trainEngine } = record(short);
    assert.equal(epochs, SHORT_EPOCHS);
    assert.equal(await waitForSteps(panel, totalSteps), totalSteps);
    assert.ok((await curvePixels(panel)) > 100, 'the curve is drawn');
    assert.equal(await panel.locator('#epochs tr').count(), SHORT_EPOCHS);
    assert.match(await panel.locator('#engines').textContent(), new RegExp(trainEngine.name));
    await editor.screenshot('real-done');
    step(`run ended: ${totalSteps} steps on ${trainEngine.name}`);

    await editor.reload();
    assert.equal(await waitForSteps(editor.panel(), totalSteps, 90_000), totalSteps);
    await waitForStatus(editor.panel(), 'Done');
    await editor.screenshot('real-reloaded');
    step('after a reload the panel is back with its history');

    await editor.openFile('configs', 'long.yaml');
    await editor.command('MDFE: Train'); // the data folder is remembered: no question
    await waitForStatus(editor.panel(), 'Training', 120_000);
    await waitForSteps(editor.panel(), 50);
    await editor.page.locator('.statusbar-item', { hasText: 'MDFE' }).waitFor();
    await editor.screenshot('real-running');
    const before = await shownSteps(editor.panel());
    await editor.reload();
    await waitForSteps(editor.panel(), before + 1, 90_000);
    step('a run goes on while the window reloads');

    await editor.command('MDFE: Stop Training');
    await waitForStatus(editor.panel(), 'Stopped');
    const long = runs().find((run) => run !== short);
    const stopped = record(long);
    assert.equal(stopped.status, 'stopped');
    assert.ok(
      existsSync(join(workspace, 'results', long, stopped.lastCheckpoint)),
      'a checkpoint is written',
    );
    step(`stopped at step ${stopped.step} with ${stopped.lastCheckpoint}`);

    await editor.panel().locator('#resume').click();
    await waitForStatus(editor.panel(), 'Training');
    await waitForSteps(editor.panel(), stopped.step + 1);
    await editor.command('MDFE: Stop Training');
    await waitForStatus(editor.panel(), 'Stopped');
    assert.ok(record(long).step > stopped.step, 'resumed where it stopped');
    step(`resumed and stopped again at step ${record(long).step}`);
    assert.deepEqual(editor.violations, []);
  } catch (error) {
    await editor.screenshot('real-failed');
    throw error;
  } finally {
    await editor.close();
    rmSync(workspace, { recursive: true, force: true });
  }
}

/** Our own sources draw the data. */
export const realData = (cache) => importSource(cache, new URL('real-data.ts', import.meta.url));

/** Bundles a TypeScript module first, because Node 20 cannot read it. */
export async function importSource(cache, url) {
  const entry = fileURLToPath(url);
  const outfile = join(cache, `${basename(entry, '.ts')}.mjs`);
  await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
  });
  return import(pathToFileURL(outfile).href);
}
