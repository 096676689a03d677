// A trained run becomes a package: palette -> MDFE: Package Model -> notification -> notebook; published with a
// stand-in for Kaggle's command line, and without one; Google Drive's sign-in and upload against a stand-in of its API,
// where this test is the user in the browser; a zero-shot model from the code lens.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { installFakeKaggle } from '../fake-kaggle.mjs';
import { openEditor } from './editor.mjs';
import { waitForStatus } from './panel.mjs';
import { importSource, realData } from './real.mjs';
import { until } from './until.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const RUN = 'tiny';
const PACKAGE = `${RUN}_epoch3`;

export async function packaging({ tools, vsix, cache, artefacts, step }) {
  const workspace = mkdtempSync(join(tmpdir(), 'mdfe-packaging-'));
  const { data, weights } = await (await realData(cache)).makeRealWorkspace(workspace);
  const { MockDrive } = await importSource(cache, new URL('../mock-drive.ts', import.meta.url));
  train(workspace, data, weights);
  step('trained a small run');
  const bin = join(workspace, '.bin');
  const kaggle = installFakeKaggle(bin);
  renameSync(kaggle.program, `${kaggle.program}.away`); // not installed, at first
  const drive = await MockDrive.start();
  const settings = { 'mdfe.backboneWeights': weights, 'mdfe.cacheDir': join(workspace, 'cache') };
  // Extensions get the PATH of the login shell, or that of the server where the shell takes too long.
  const env = {
    PATH: `${bin}${delimiter}${process.env.PATH}`,
    MDFE_DRIVE_API: drive.endpoint,
    KAGGLE_USERNAME: '',
  };
  const profile = `export PATH='${bin}':"$PATH"\n`;
  const editor = await openEditor({ tools, vsix, workspace, artefacts, settings, env, profile });
  const packageDir = join(workspace, 'results', RUN, 'packages', 'epoch3');
  const parts = { editor, workspace, kaggle, drive, packageDir, step };
  try {
    await packageFromPalette(parts);
    await openNotebook(parts);
    await packageFromPanel(parts);
    await publish(parts);
    await googleDrive(parts);
    await zeroShot(parts);
    assert.deepEqual(editor.violations, []);
  } catch (error) {
    await editor.screenshot('packaging-failed');
    throw error;
  } finally {
    await editor.close();
    await drive.close();
    rmSync(workspace, { recursive: true, force: true });
  }
}

async function packageFromPalette({ editor, packageDir, step }) {
  await editor.openFile('configs', 'tiny.yaml');
  await editor.command('MDFE: Package Model');
  await row(editor, 'Last').waitFor();
  await shoot(editor, 'packaging-checkpoint');
  await pick(editor, 'Last');
  await row(editor, 'ONNX').waitFor();
  await shoot(editor, 'packaging-format');
  await pick(editor, 'PyTorch');
  const told = editor.notification('packaged as');
  await told.waitFor({ timeout: 60_000 });
  assert.match(await told.textContent(), new RegExp(`${PACKAGE}: packaged as ${PACKAGE}.pt \\(.*64 numbers`));
  assert.equal(await button(told, 'Upload to Google Drive').count(), 0, 'nobody is signed in');
  await shoot(editor, 'packaging-done');
  const files = readdirSync(packageDir);
  for (const file of [
    `${PACKAGE}.pt`,
    `${PACKAGE}.zip`,
    `submission-${PACKAGE}.ipynb`,
    'kernel-metadata.json',
  ])
    assert.ok(files.includes(file), file);
  step('packaged from the palette');
}

async function openNotebook({ editor, step }) {
  await button(editor.notification('packaged as'), 'Open Kaggle Notebook').click();
  await editor.page.locator('.notebookOverlay .cell-list-container').first().waitFor({ timeout: 60_000 });
  await editor.page.locator('.tab', { hasText: `submission-${PACKAGE}.ipynb` }).waitFor();
  await wait(3000); // its cells are drawn
  await shoot(editor, 'packaging-notebook');
  step('its notebook opens in the notebook editor');
  await editor.command('View: Close All Editors');
}

async function packageFromPanel({ editor, step }) {
  const { page } = editor;
  await editor.command('MDFE: Open Training Panel');
  await waitForStatus(editor.panel(), 'Done');
  for (const [theme, name] of [
    ['Light Modern', 'light'],
    ['Dark Modern', 'dark'],
  ]) {
    await editor.theme(theme);
    await shoot(editor, `packaging-panel-${name}`);
  }
  await editor.panel().locator('#package').click();
  await pick(editor, 'Last');
  await pick(editor, 'PyTorch');
  const replace = page.locator('.monaco-dialog-box', { hasText: 'This package is there already' });
  await replace.waitFor({ timeout: 60_000 });
  await replace.locator('.monaco-button', { hasText: 'Replace' }).click();
  await editor.notification('packaged as').waitFor({ timeout: 60_000 });
  await clearNotifications(editor);
  await editor.panel().locator('#openNotebook').click();
  await page.locator('.tab', { hasText: `submission-${PACKAGE}.ipynb` }).waitFor({ timeout: 30_000 });
  await editor.command('View: Close All Editors');
  step('packaged again from the panel, and asked before replacing');
}

async function publish({ editor, kaggle, packageDir, step }) {
  const { page } = editor;
  await editor.command('MDFE: Publish to Kaggle');
  const missing = editor.notification("Kaggle's official command line is not on the path");
  await missing.waitFor();
  assert.equal(await button(missing, 'Copy Install Command').count(), 1);
  await shoot(editor, 'packaging-no-kaggle');
  await clearNotifications(editor);
  step('says how to get the command line where it is not installed');

  renameSync(`${kaggle.program}.away`, kaggle.program);
  await editor.command('MDFE: Publish to Kaggle');
  const name = page.locator('.quick-input-widget input[type=text]').first();
  await page
    .locator('.quick-input-widget', { hasText: 'Your user name on Kaggle' })
    .waitFor({ timeout: 30_000 });
  await name.fill('somebody');
  await page.keyboard.press('Enter');
  const confirm = page.locator('.monaco-dialog-box', { hasText: `Publish ${PACKAGE} to Kaggle?` });
  await confirm.waitFor({ timeout: 30_000 });
  assert.match(await confirm.textContent(), /new, private data set somebody\/mdfe-tiny-epoch3/);
  await shoot(editor, 'packaging-publish');
  await confirm.locator('.monaco-button', { hasText: 'Publish' }).click();
  const told = editor.notification('is on Kaggle');
  await told.waitFor({ timeout: 60_000 });
  await shoot(editor, 'packaging-published');
  const status = ['datasets', 'status', 'somebody/mdfe-tiny-epoch3'];
  assert.deepEqual(kaggle.calls(), [
    ['config', 'view'],
    status,
    ['datasets', 'create', '-p', join(packageDir, 'dataset')],
    status,
    status,
    ['kernels', 'push', '-p', packageDir],
  ]);
  await clearNotifications(editor);
  step('published as a private data set with its notebook');

  writeFileSync(join(kaggle.memory, 'no-token'), '');
  await editor.command('MDFE: Publish to Kaggle');
  await editor.notification('Kaggle does not know who you are').waitFor({ timeout: 30_000 });
  await clearNotifications(editor);
  step('says what to do without a token');
}

async function googleDrive({ editor, workspace, drive, packageDir, step }) {
  const { page } = editor;
  writeFileSync(join(workspace, 'configs', 'cloud.yaml'), 'MODEL:\n  cloud_upload: True\n');
  const warning = page.locator('.squiggly-warning').first();
  await editor.openFile('configs', 'cloud.yaml');
  await warning.waitFor({ timeout: 30_000 });

  mkdirSync(join(workspace, 'credentials'));
  writeFileSync(join(workspace, 'credentials', 'client_secret.json'), drive.clientSecret);
  await editor.command('MDFE: Sign in to Google Drive');
  await pick(editor, 'The whole Drive');
  await row(editor, 'Everyone who has the link').waitFor();
  await shoot(editor, 'packaging-sign-in');
  const popup = page.context().waitForEvent('page', { timeout: 30_000 });
  await pick(editor, 'Everyone who has the link');
  const browser = await popup;
  await browser.locator('text=Signed in').waitFor({ timeout: 30_000 }); // the stand-in allows at once
  await browser.close();
  await editor.notification('is signed in to Google Drive').waitFor();
  await shoot(editor, 'packaging-signed-in');
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  assert.deepEqual(
    readdirSync(join(workspace, 'credentials')),
    ['client_secret.json'],
    'no token in the workspace',
  );
  rmSync(join(workspace, 'credentials'), { recursive: true });
  await clearNotifications(editor);
  await touch(editor);
  await warning.waitFor({ state: 'detached', timeout: 30_000 });
  step('signed in through the browser; the configuration has credentials now');

  await editor.command('MDFE: Upload to Google Drive');
  const confirm = page.locator('.monaco-dialog-box', { hasText: `Upload ${PACKAGE}.zip to Google Drive?` });
  await confirm.waitFor({ timeout: 30_000 });
  await shoot(editor, 'packaging-upload');
  await confirm.locator('.monaco-button', { hasText: 'Readable by Link' }).click();
  await editor.notification('is in Google Drive').waitFor({ timeout: 60_000 });
  const [[id, file]] = [...drive.files];
  assert.equal(file.name, `${PACKAGE}.zip`);
  assert.equal(file.shared, true);
  assert.ok(file.content.equals(readFileSync(join(packageDir, `${PACKAGE}.zip`))), 'the same bytes');
  assert.match(readFileSync(join(packageDir, `submission-${PACKAGE}.ipynb`), 'utf8'), new RegExp(id));
  await clearNotifications(editor);
  step('uploaded, shared, and linked in the notebook');

  await editor.command('MDFE: Sign out of Google Drive');
  await editor.notification('has forgotten its sign-in').waitFor();
  await clearNotifications(editor);
  await touch(editor);
  await warning.waitFor({ timeout: 30_000 });
  await editor.command('MDFE: Upload to Google Drive');
  await editor.notification('not signed in').waitFor();
  await clearNotifications(editor);
  await editor.command('File: Save All Files');
  await editor.command('View: Close All Editors');
  step('signed out');
}

async function zeroShot({ editor, workspace, step }) {
  await editor.openFile('configs', 'tiny.yaml');
  const lens = editor.page.locator('.codelens-decoration a', { hasText: 'Zero-Shot Model' }).first();
  await lens.waitFor({ timeout: 60_000 });
  await lens.click();
  await pick(editor, 'PyTorch, half the size');
  await editor.notification('packaged as').waitFor({ timeout: 60_000 });
  await shoot(editor, 'packaging-zero-shot');
  assert.ok(existsSync(join(workspace, 'results', 'zero_shot_models', `${RUN}-baseline.pt`)));
  step('a zero-shot model from the code lens');
}

/** Packages exist from here on, so that the numbers in the tests are those of the third epoch. */
function train(workspace, data, weights) {
  const config = join(workspace, 'configs', 'tiny.yaml');
  const short = readFileSync(join(workspace, 'configs', 'short.yaml'), 'utf8');
  const text = short
    .replace('MODEL:', `MODEL:\n  name: ${RUN}-baseline`)
    .replace(/epochs: \d+/, 'epochs: 3')
    .replace(/save_epoch: .*/, 'save_epoch: [2, 3]');
  writeFileSync(config, text);
  const options = ['--output-dir', join(workspace, 'results'), '--cache-dir', join(workspace, 'cache')];
  const args = ['train', config, data, '--name', RUN, ...options, '--backbone-weights', weights];
  execFileSync(process.execPath, [join(root, 'dist', 'cli.mjs'), ...args], { stdio: 'pipe' });
}

const row = ({ page }, label) =>
  page.locator(`.quick-input-list .monaco-list-row[aria-label^="${label}"]`).first();

async function pick(editor, label) {
  const item = row(editor, label);
  await item.waitFor({ timeout: 30_000 });
  await wait(300); // the list is in place
  await item.click();
}

/** A picture once nothing moves any more. */
async function shoot(editor, name) {
  await editor.page.mouse.move(700, 880); // off what would show a tooltip
  await wait(800);
  await editor.screenshot(name);
}

const button = (toast, text) => toast.locator('.monaco-button', { hasText: text });

async function clearNotifications(editor) {
  await editor.command('Notifications: Clear All Notifications');
  await until(
    'no notification is shown',
    async () => (await editor.page.locator('.notification-toast').count()) === 0,
  );
}

/** What the machine has is looked up again when the file changes. */
async function touch({ page }) {
  await page.locator('.view-line').first().click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('# \n');
}
