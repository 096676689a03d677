// Every state of the editor side, with a trainer that only writes run folders (fake-trainer.mjs).
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEditor } from './editor.mjs';
import { curvePixels, waitForStatus, waitForSteps } from './panel.mjs';
import { until } from './until.mjs';

const LONG = 100_000; // steps
const plans = {
  probe: { features: 1200, epochs: 6, stepsPerEpoch: 80, batchMs: 60, stepsPerBatch: 3, scores: true },
  slow: { epochs: 20, stepsPerEpoch: 300, batchMs: 100, stepsPerBatch: 3 },
  nan: {
    epochs: 3,
    stepsPerEpoch: 60,
    batchMs: 20,
    fail: 'the loss became NaN at step 91\n  to do:    lower OPTIMIZER.lr, or lengthen the warm-up',
  },
  long: { epochs: 100, stepsPerEpoch: LONG / 100, batchMs: 0, stepsPerBatch: 10 },
  unknown: {},
  swept: { epochs: 20, stepsPerEpoch: 300, batchMs: 100, stepsPerBatch: 3 },
};
const extra = { unknown: '  unknownkey: 3\n', swept: 'SWEEP:\n  keys:\n    OPTIMIZER.lr: [1e-2, 2e-2]\n' };
const yaml = (name, plan) =>
  `# fake: ${JSON.stringify(plan)}\nMODEL:\n  name: ${name}\nTRAIN:\n  epochs: 4\n${extra[name] ?? ''}`;

export async function scripted({ tools, vsix, artefacts, step }) {
  const workspace = mkdtempSync(join(tmpdir(), 'mdfe-scripted-'));
  const data = join(workspace, 'data folder');
  mkdirSync(data);
  mkdirSync(join(workspace, 'configs'));
  for (const [name, plan] of Object.entries(plans))
    writeFileSync(join(workspace, 'configs', `${name}.yaml`), yaml(name, plan));
  const env = { MDFE_TRAINER: fileURLToPath(new URL('fake-trainer.mjs', import.meta.url)) };
  const editor = await openEditor({ tools, vsix, workspace, artefacts, env, height: 1000 });
  const { page } = editor;
  const panel = () => editor.panel();
  const train = async (name) => {
    await editor.openFile('configs', `${name}.yaml`);
    await editor.command('MDFE: Train');
  };
  try {
    await editor.openFile('configs', 'probe.yaml');
    await editor.command('MDFE: Open Training Panel');
    await panel().locator('#empty').waitFor();
    await editor.screenshot('empty');
    step('the empty panel says what to do');

    await editor.page.locator('.tab', { hasText: 'probe.yaml' }).click();
    await editor.command('MDFE: Train');
    await editor.chooseFolder(data);
    await panel().locator('#features-row').waitFor();
    await editor.screenshot('features');
    await waitForSteps(panel(), 100);
    await editor.screenshot('running');
    await waitForStatus(panel(), 'Done');
    await waitForSteps(panel(), 480);
    assert.ok((await curvePixels(panel())) > 100, 'the curve is drawn');
    await editor.notification('training done').waitFor();
    await clearNotifications(editor);
    step('a run with features, curves and a notification at its end');

    await zoom(editor);
    step('zoom by box, wheel and keyboard, and back');

    await hideCurves(editor);
    step('the legend hides and shows curves');

    await scores(editor);
    step('scores on held-out images, by metric and by domain');

    for (const [name, theme] of Object.entries({
      light: 'Light Modern',
      contrast: 'Dark High Contrast',
      'contrast-light': 'Light High Contrast',
      dark: 'Dark Modern',
    })) {
      await editor.theme(theme);
      await editor.screenshot(`theme-${name}`);
    }
    step('themes');

    await train('nan');
    await waitForStatus(panel(), 'Failed');
    await panel().locator('#problem-text', { hasText: 'NaN' }).waitFor();
    await editor.screenshot('failed');
    await clearNotifications(editor);
    step('a failed run says why');

    await compare(editor, workspace);
    step('two runs in one chart, and the chart as PNG');

    await train('unknown');
    const notification = editor.notification('unknown key');
    await notification.waitFor();
    await notification.locator('.monaco-button', { hasText: 'Open Config at Line 6' }).click();
    await page.locator('.statusbar-item', { hasText: 'Ln 6, Col 3' }).waitFor();
    await clearNotifications(editor);
    step('a configuration error leads to its line');

    await leftOutSweep({ editor, workspace, train });
    step('a single run of a sweep says so, and gives way to the sweep');

    await train('slow');
    await waitForSteps(panel(), 20);
    await editor.command('MDFE: Stop Training');
    await waitForStatus(panel(), 'Stopped');
    await panel().locator('#resume').click();
    await waitForStatus(panel(), 'Training');
    const slow = newestRun(workspace);
    process.kill(JSON.parse(readFileSync(join(slow, 'run.json'), 'utf8')).pid, 'SIGKILL');
    await waitForStatus(panel(), 'Killed');
    await editor.screenshot('killed');
    await clearNotifications(editor);
    step('stop, resume, and a killed trainer is noticed');

    await train('long');
    await waitForSteps(panel(), LONG, 120_000);
    await waitForStatus(panel(), 'Done');
    await clearNotifications(editor);
    await editor.reload();
    const started = performance.now();
    await waitForSteps(panel(), LONG, 60_000);
    step(`100,000 steps are back ${((performance.now() - started) / 1000).toFixed(1)} s after the window`);
    step(`slowest frame while smoothing moves: ${(await slowestFrame(panel())).toFixed(0)} ms`);
    await editor.screenshot('long');

    await panel().locator('#run-list li').nth(1).click();
    await waitForStatus(panel(), 'Killed');
    await panel().locator('#run-list li', { hasText: 'Done' }).last().click();
    await waitForSteps(panel(), 480);
    step('runs are switched in the list');

    rmSync(join(workspace, 'results'), { recursive: true });
    await waitForStatus(panel(), 'Folder gone');
    await panel().locator('#problem-text', { hasText: 'was deleted, moved or renamed' }).waitFor();
    assert.equal(await panel().locator('#package').isVisible(), false);
    await editor.screenshot('gone');
    step('a run whose folder was deleted says so');

    await openSetting({ editor, workspace, train });
    step('a program that cannot be started leads to its setting');
    assert.deepEqual(editor.violations, []);
    step(await activationTime(editor));
  } catch (error) {
    await editor.screenshot('scripted-failed');
    throw error;
  } finally {
    await editor.close();
    rmSync(workspace, { recursive: true, force: true });
  }
}

async function leftOutSweep({ editor, workspace, train }) {
  await train('swept');
  const notification = editor.notification('has a SWEEP section. MDFE: Train leaves it out');
  await notification.waitFor();
  await waitForStatus(editor.panel(), 'Training');
  await editor.screenshot('left-out-sweep');
  await notification.locator('.monaco-button', { hasText: 'Stop It and Train the Sweep' }).click();
  // The stand-in knows no sweeps: it trains a run where the command line would train the first of several.
  const newest = () => JSON.parse(readFileSync(join(newestRun(workspace), 'run.json'), 'utf8'));
  await until('the sweep is started', () => newest().command[0] === 'sweep');
  await waitForStatus(editor.panel(), 'Training');
  await editor.command('MDFE: Stop Training');
  await waitForStatus(editor.panel(), 'Stopped');
  await clearNotifications(editor);
}

async function openSetting({ editor, workspace, train }) {
  const { page } = editor;
  const folder = join(workspace, '.vscode');
  mkdirSync(folder);
  writeFileSync(join(folder, 'settings.json'), '{ "mdfe.nodePath": "/no/such/node" }');
  const notification = editor.notification('/no/such/node');
  await until(
    'the setting counts',
    async () => {
      await train('probe');
      const found = notification.waitFor({ timeout: 5000 });
      return found.then(
        () => true,
        () => false,
      );
    },
    60_000,
  );
  await notification.locator('.monaco-button', { hasText: 'Open Setting' }).click();
  await page.locator('.settings-editor .setting-item-contents', { hasText: 'Node Path' }).first().waitFor();
  await editor.screenshot('open-setting');
  await page.keyboard.press('Escape');
}

async function clearNotifications(editor) {
  await editor.command('Notifications: Clear All Notifications');
}

async function zoom(editor) {
  const canvas = editor.panel().locator('#loss');
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  const reset = editor.panel().locator('#loss-reset');
  const disabled = () => reset.evaluate((button) => button.disabled);
  assert.equal(await disabled(), true);
  const { mouse } = editor.page;
  await mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.2);
  await mouse.down();
  await mouse.move(box.x + box.width * 0.7, box.y + box.height * 0.85, { steps: 5 });
  await editor.screenshot('zooming');
  await mouse.up();
  await until('zoomed', async () => !(await disabled()));
  await editor.screenshot('zoomed');
  await reset.click();
  await until('whole again', disabled);
  await mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.5);
  await editor.page.keyboard.down('Control');
  await until('zoomed by the wheel', async () => {
    await mouse.wheel(0, -100);
    return !(await disabled());
  });
  await editor.page.keyboard.up('Control');
  await canvas.press('0');
  await until('whole again by the keyboard', disabled);
}

/** A click on a name hides its curve; the next one shows it again. */
async function hideCurves(editor) {
  const panel = editor.panel();
  const names = ['loss', 'smoothed'].map((name) =>
    panel.locator('#loss-legend button', { hasText: name }).first(),
  );
  for (const name of names) await name.click();
  await until('no blue curve', async () => (await curvePixels(panel)) === 0);
  for (const name of names) {
    assert.equal(await name.getAttribute('aria-pressed'), 'false');
    await name.click();
  }
  await until('the curve is back', async () => (await curvePixels(panel)) > 100);
}

async function scores(editor) {
  const panel = editor.panel();
  const rows = panel.locator('#scores-rows tr');
  assert.deepEqual(await rows.locator('th').allTextContents(), [
    'Before training (zero-shot)',
    'Best, epoch 6',
    'cars, epoch 6',
    'food, epoch 6',
  ]);
  assert.deepEqual(await rows.nth(1).locator('td').allTextContents(), ['0.7000', '0.8000']);
  await panel.locator('#scores-by-domain').click();
  await panel.locator('#scores-legend', { hasText: 'food 0.8000' }).waitFor();
  await panel.locator('#scores').scrollIntoViewIfNeeded();
  await editor.screenshot('scores');
  await panel.locator('#scores-by-domain').click();
  await panel.locator('#scores-legend', { hasText: 'P@1 0.8000' }).waitFor();
}

/** The run that is shown, beside the only other one. */
async function compare(editor, workspace) {
  const { page } = editor;
  const panel = editor.panel();
  await panel.locator('#compare').click();
  await page.locator('.quick-input-list .monaco-list-row').first().click();
  await page.locator('.quick-input-widget .monaco-button', { hasText: 'OK' }).click();
  await panel.locator('#loss-legend .green').waitFor();
  await panel.locator('#loss').scrollIntoViewIfNeeded();
  await editor.screenshot('compared');
  await panel.locator('#export').click();
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'as PNG' }).click();
  const picture = join(workspace, 'chart.png');
  await editor.choose(picture, 'OK');
  await until('the picture is there', () => existsSync(picture) && readFileSync(picture).length > 1000);
  assert.equal(readFileSync(picture).subarray(1, 4).toString(), 'PNG');
}

/** Longest time between two frames while the slider moves over a curve of 100,000 steps, ms. */
function slowestFrame(panel) {
  return panel.locator('#smoothing').evaluate(async (slider) => {
    let slowest = 0;
    let last = performance.now();
    for (let value = 0; value <= 100; value += 5) {
      slider.value = String(value);
      slider.dispatchEvent(new Event('input'));
      await new Promise(requestAnimationFrame);
      slowest = Math.max(slowest, performance.now() - last);
      last = performance.now();
    }
    slider.value = '50';
    slider.dispatchEvent(new Event('input'));
    return slowest;
  });
}

function newestRun(workspace) {
  const results = join(workspace, 'results');
  const created = (run) => JSON.parse(readFileSync(join(results, run, 'run.json'), 'utf8')).created;
  const [newest] = readdirSync(results).sort((a, b) => created(b).localeCompare(created(a)));
  return join(results, newest);
}

/** As VS Code itself measured it. */
async function activationTime(editor) {
  await editor.command('Developer: Show Running Extensions');
  const row = editor.page.locator('.runtime-extensions-editor .extension', { hasText: 'mdfe' });
  const time = row.locator('.activation-time');
  await time.first().waitFor();
  return time.first().textContent();
}
