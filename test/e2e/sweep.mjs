// A sweep with the real trainer: the button of a configuration with SWEEP -> each run in the list as it starts, the
// table of results -> MDFE: Stop Training stops it after a checkpoint -> Resume goes on with it. Then MDFE: Evaluate, and the preview.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEditor } from './editor.mjs';
import { waitForStatus, waitForSteps } from './panel.mjs';
import { realData } from './real.mjs';
import { until } from './until.mjs';

const SHORT_RUNS = 3;
const RUNS = 6;

export async function sweep({ tools, vsix, cache, artefacts, step }) {
  const workspace = mkdtempSync(join(tmpdir(), 'mdfe-sweep-'));
  const { data, weights } = await (await realData(cache)).makeRealWorkspace(workspace);
  step('drew the image set');
  const settings = {
    'mdfe.backboneWeights': weights,
    'mdfe.cacheDir': join(workspace, 'cache'),
    'mdfe.dataDir': data,
  };
  const editor = await openEditor({ tools, vsix, workspace, artefacts, settings });
  const results = join(workspace, 'results');
  const record = () => {
    const dir = readdirSync(results).find((name) => name.endsWith('_sweep'));
    return JSON.parse(readFileSync(join(results, dir, 'sweep.json'), 'utf8'));
  };
  const states = () => record().runs.map((run) => run.state);
  try {
    await editor.openFile('configs', 'sweep.yaml');
    await editor.page.locator('.codelens-decoration', { hasText: 'Train Sweep' }).first().waitFor();
    await editor.page.locator('.monaco-editor', { hasText: '6 runs' }).first().waitFor();
    await editor.page.locator('.editor-actions [aria-label*="Train Sweep"]').first().click();
    const panel = editor.panel();
    await panel.locator('#sweep-title', { hasText: 'Sweep s' }).waitFor({ timeout: 120_000 });
    await panel
      .locator('#sweep-rows tr', { hasText: 'Done' })
      .nth(SHORT_RUNS - 1)
      .waitFor({ timeout: 120_000 });
    step('three runs are done');
    await waitForStatus(panel, 'Training', 60_000);
    await waitForSteps(panel, 20);
    assert.equal(await panel.locator('#sweep-rows tr').count(), RUNS);
    assert.equal(
      await panel.locator('#run-list li[data-run]').count(),
      SHORT_RUNS + 1,
      'each run is listed as it starts',
    );
    assert.match(await panel.locator('#sweep-summary').textContent(), /3 of 6 runs done; best: .*mMP@5/);
    await editor.page.locator('.statusbar-item', { hasText: 'run 4/6' }).waitFor();
    await editor.screenshot('sweep-running');
    await editor.theme('Light Modern');
    await editor.screenshot('sweep-running-light');
    await editor.theme('Dark Modern');
    step('the panel shows the run that trains, and the table');

    await editor.command('MDFE: Stop Training');
    await editor.notification('sweep stopped').waitFor({ timeout: 60_000 });
    await waitForStatus(panel, 'Stopped');
    assert.deepEqual(states(), ['done', 'done', 'done', 'stopped', 'waiting', 'waiting']);
    assert.equal(record().status, 'stopped');
    const steps = await waitForSteps(panel, 20);
    await panel.locator('#resume').click();
    await waitForSteps(panel, steps + 1, 120_000);
    await until('the sweep goes on', () => record().status === 'running' && states()[3] === 'running');
    step(`resumed after step ${steps}`);
    await editor.command('MDFE: Stop Training');
    await until('it stops again', () => record().status === 'stopped', 60_000);

    await panel.locator('#sweep-rows tr').first().locator('button').click();
    await waitForStatus(panel, 'Done');
    await editor.screenshot('sweep-best');
    step('a click on a row shows its run');

    await editor.openFile('configs', 'sweep.yaml');
    await editor.page.locator('.codelens-decoration a', { hasText: 'Evaluate' }).first().click();
    await editor.page.locator('.tab', { hasText: 'MDFE Evaluation of sweep' }).waitFor({ timeout: 120_000 });
    await editor.page.locator('.view-lines', { hasText: 'mMP@5' }).first().waitFor();
    await editor.screenshot('evaluate');
    step('evaluated the configuration');

    await editor.command('View: Close All Editors');
    await editor.openFile('configs', 'sweep.yaml');
    await editor.page.locator('.monaco-editor', { hasText: '6 runs, about' }).first().waitFor();
    await editor.page.locator('.editor-actions [aria-label^="Open Experiment Editor"]').first().click();
    const preview = editor.panel().locator('#preview .sweep');
    await preview.locator('dd', { hasText: /^6/ }).first().waitFor({ timeout: 60_000 });
    await preview.locator('summary').click();
    assert.equal(await preview.locator('li').count(), RUNS);
    assert.match(await preview.textContent(), /about [\d. hmins]+/);
    await editor.screenshot('sweep-preview');
    await editor.theme('Light Modern');
    await editor.screenshot('sweep-preview-light');
    step('the preview says how many runs there are and how long they take');
    assert.deepEqual(editor.violations, []);
  } catch (error) {
    await editor.screenshot('sweep-failed');
    throw error;
  } finally {
    await editor.close();
    rmSync(workspace, { recursive: true, force: true });
  }
}
