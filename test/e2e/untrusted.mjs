// A workspace that is not trusted: configurations can be read and written, with all that the language knows, and curves
// looked at; nothing that reads the data or starts a program works, and it says why.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEditor } from './editor.mjs';
import { waitForStatus, waitForSteps } from './panel.mjs';
import { until } from './until.mjs';

const FAKE = fileURLToPath(new URL('fake-trainer.mjs', import.meta.url));
const CONFIG = 'MODEL:\n  name: tried\n  embedding_dim: 64\nTRAIN:\n  epochs: 3\n';
const STEPS = 200;
const PLAN = `# fake: ${JSON.stringify({ epochs: 2, stepsPerEpoch: STEPS / 2, batchMs: 0 })}\n`;
/** Commands that need trust. */
const GUARDED = ['Train', 'Train Sweep', 'Evaluate', 'Package Model', 'Explore Retrieval'];

export async function untrusted({ tools, vsix, artefacts, step }) {
  const workspace = mkdtempSync(join(tmpdir(), 'mdfe-untrusted-'));
  const file = join(workspace, 'configs', 'tried.yaml');
  const started = join(workspace, 'a-program-ran');
  mkdirSync(join(workspace, 'configs'));
  mkdirSync(join(workspace, '.vscode'));
  writeFileSync(file, CONFIG);
  // What the workspace names must not be started.
  const evil = join(workspace, 'node');
  writeFileSync(evil, `#!/bin/sh\ntouch '${started}'\n`, { mode: 0o755 });
  writeFileSync(join(workspace, '.vscode', 'settings.json'), JSON.stringify({ 'mdfe.nodePath': evil }));
  const finished = join(workspace, 'finished.yaml');
  writeFileSync(finished, PLAN + CONFIG);
  const results = join(workspace, 'results');
  execFileSync(tools.node, [FAKE, 'train', finished, workspace, '--output-dir', results]);
  const env = { MDFE_TRAINER: FAKE };
  const editor = await openEditor({ tools, vsix, workspace, artefacts, env, untrusted: true });
  const { page } = editor;
  const view = editor.panel();
  try {
    await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
    await editor.openFile('configs', 'tried.yaml');
    await page.locator('.codelens-decoration a', { hasText: 'Train' }).first().click({ timeout: 60_000 });
    await editor.notification('trusted workspaces only').waitFor();
    await editor.command('Notifications: Clear All Notifications');
    step('Train says that it needs trust');

    await editor.command('MDFE: Open Training Panel');
    await waitForSteps(view, STEPS);
    await waitForStatus(view, 'Done');
    await editor.screenshot('untrusted-panel');
    await view.locator('#package').click();
    await editor.notification('trusted workspaces only').waitFor();
    await editor.command('Notifications: Clear All Notifications');
    step('curves are shown; Package says that it needs trust');

    await page.keyboard.press('F1');
    const box = page.locator('.quick-input-widget input[type=text]').first();
    await box.fill('>MDFE: ');
    const rows = page.locator('.quick-input-list .monaco-list-row');
    await rows.filter({ hasText: 'Open Training Panel' }).first().waitFor();
    const listed = await rows.allTextContents();
    for (const title of GUARDED)
      assert.ok(!listed.some((text) => text.endsWith(`: ${title}`)), `${title} is not offered`);
    await page.keyboard.press('Escape');
    step('the palette offers nothing that needs trust');

    await editor.command('View: Close All Editors');
    await editor.openFile('configs', 'tried.yaml');
    await page.locator('.editor-actions [aria-label^="Open Experiment Editor"]').first().click();
    await view.locator('.view-line', { hasText: 'epochs' }).first().click({ timeout: 60_000 });
    await view.locator('#preview canvas').first().waitFor({ timeout: 60_000 });
    await page.keyboard.press('End');
    await page.keyboard.type('0');
    await page.keyboard.press('Control+s');
    await until('saved', () => readFileSync(file, 'utf8').includes('epochs: 30\n'));
    await editor.screenshot('untrusted-editor');
    step('the experiment editor edits, previews and saves');

    await page.locator('.activitybar [aria-label="MDFE"]').first().click();
    await page.locator('.pane-body', { hasText: 'in trusted workspaces only' }).first().waitFor();
    await editor.screenshot('untrusted-datasets');
    assert.ok(!existsSync(started), 'no program that the workspace names');
    assert.deepEqual(editor.violations, []);
    step('the Datasets view asks for trust; nothing of the workspace was started');
  } catch (error) {
    await editor.screenshot('untrusted-failed');
    throw error;
  } finally {
    await editor.close();
    rmSync(workspace, { recursive: true, force: true });
  }
}
