// Writing a configuration: completion, diagnostics and their fixes, hover, hints, lenses, documents, new experiment.
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
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openEditor } from './editor.mjs';
import { makeFakeRedhat } from './fake-redhat.mjs';
import { makeDataset, spaced } from './text-editors.mjs';
import { pressUntil, until } from './until.mjs';

const PROBE = `# Language features are tried on this file.
MODEL:
  embedding_dim: 64
  BACKBONE:
    type: clip
    model_name: 
    freeze_backbone: True
  HEAD:
    name: AdaFace
    marginn: 0.4

DATASET:
  names: ["products_10k"]

DATALOADER:
  batch_size: 8

TRAIN:
  epochs: 3
`;

export async function language(options) {
  await besideAnotherExtension(options);
  await alone(options);
}

async function alone({ tools, vsix, artefacts, step }) {
  const workspace = mkdtempSync(join(tmpdir(), 'mdfe-language-'));
  const data = join(workspace, 'data');
  mkdirSync(join(workspace, 'configs'));
  writeFileSync(join(workspace, 'configs', 'probe.yaml'), PROBE);
  writeFileSync(join(workspace, 'services.yaml'), 'services:\n  web: {}\n');
  makeDataset(data);
  const settings = {
    'mdfe.dataDir': data,
    'editor.minimap.enabled': false,
    'editor.inlayHints.enabled': 'on',
  };
  const env = { MDFE_TRAINER: fileURLToPath(new URL('fake-trainer.mjs', import.meta.url)) };
  const editor = await openEditor({ tools, vsix, workspace, artefacts, settings, env });
  const { page } = editor;
  try {
    await editor.openFile('configs', 'probe.yaml');
    const lens = page.locator('.codelens-decoration a', { hasText: 'Train' }).first();
    await lens.waitFor({ timeout: 60_000 });
    for (const title of ['Effective Config', 'Diff with Defaults'])
      await page.locator('.codelens-decoration a', { hasText: title }).first().waitFor();
    step('code lenses');

    await hint(page, '40 images, 10 classes').waitFor();
    await hint(page, '5 steps per epoch').waitFor();
    await hint(page, '15 steps').waitFor();
    step('inlay hints from the data on the disk');

    await goTo(editor, 6, 17);
    await page.keyboard.type('ViT-B-16');
    const suggestion = (text) =>
      page.locator('.suggest-widget.visible .monaco-list-row', { hasText: text }).first();
    await suggestion('ViT-B-16').waitFor();
    await until('the model says its figures', async () =>
      /M parameters, width/.test(await page.locator('.suggest-widget.visible').textContent()),
    );
    await editor.screenshot('language-completion-dark');
    await page.keyboard.press('Enter');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.keyboard.type('weights: ');
    await suggestion('openai').waitFor();
    await page.keyboard.type('opena');
    await page.locator('.suggest-widget.visible .monaco-list-row.focused', { hasText: 'openai' }).waitFor();
    await page.keyboard.press('Enter');
    await lineWith(page, 'weights: openai').waitFor();
    step('completion of a model name and its tag');

    await page.locator('.squiggly-error').first().waitFor();
    await goTo(editor, 11, 7);
    const fix = page.locator('.action-widget .action', { hasText: 'Change to m' }).first();
    await pressUntil(page, 'Control+.', fix);
    await editor.screenshot('language-quick-fix-dark');
    await fix.click();
    await lineWith(page, 'm: 0.4').waitFor();
    await page.locator('.squiggly-error').first().waitFor({ state: 'detached' });
    step('a diagnostic and its quick fix');

    await goTo(editor, 10, 14);
    await pressUntil(page, 'Control+Space', suggestion('AdaCos'));
    await suggestion('AdaCos').click();
    await page
      .locator('.view-line', { hasText: /name:\sAdaCos(?!Face)/ })
      .first()
      .waitFor();
    await page.keyboard.press('Control+z');
    await lineWith(page, 'name: AdaFace').waitFor();
    step('completion in the middle of a word');

    await goTo(editor, 10, 13);
    await editor.command('Show or Focus Hover');
    const hover = page.locator('.monaco-hover:not(.hidden)', { hasText: 'AdaFace' }).first();
    await hover.waitFor();
    assert.match(await hover.textContent(), /logit_y = s/);
    await editor.screenshot('language-hover-dark');
    await page.keyboard.press('Escape');
    step('hover with the formula of a head');

    for (const [theme, name] of [
      ['Light Modern', 'light'],
      ['Dark Modern', 'dark'],
    ]) {
      await editor.theme(theme);
      await editor.screenshot(`language-${name}`);
      if (name !== 'light') continue;
      await goTo(editor, 10, 13);
      await editor.command('Show or Focus Hover');
      await hover.waitFor();
      await editor.screenshot('language-hover-light');
      await page.keyboard.press('Escape');
    }
    step('themes');

    await goTo(editor, 3, 6);
    await page.keyboard.press('F12');
    await page.locator('.tab', { hasText: 'default_cfg.yaml' }).waitFor();
    await lineWith(page, 'embedding_dim: 64').waitFor();
    step('go to the definition of a default');

    await page.locator('.tab', { hasText: 'probe.yaml' }).click();
    await editor.command('MDFE: Diff with Defaults');
    await page.locator('.tab', { hasText: 'Defaults and probe.yaml' }).waitFor();
    await page.locator('.diff-editor, .monaco-diff-editor').first().waitFor();
    await wait(1000);
    await editor.screenshot('language-diff');
    step('diff with the defaults');

    await page.locator('.tab', { hasText: 'probe.yaml' }).first().click();
    await editor.command('MDFE: Show Effective Config');
    await lineWith(page, 'over the defaults').waitFor();
    await editor.screenshot('language-effective');
    step('effective configuration');

    await newExperiment(editor, workspace);
    step('a new experiment');

    await page.locator('.editor-group-container.active .codelens-decoration a', { hasText: 'Train' }).click();
    const results = join(workspace, 'results');
    await until('a run folder appears', () => existsSync(results) && readdirSync(results).length > 0, 60_000);
    await editor.panel().locator('#status').waitFor({ timeout: 60_000 });
    step('the code lens starts training');

    await editor.openFile('services.yaml');
    await wait(1500);
    assert.equal(await page.locator('.editor-group-container.active .codelens-decoration').count(), 0);
    await editor.command('MDFE: Treat File as Configuration');
    await page.locator('.squiggly-error').first().waitFor();
    step('other YAML files are left alone until they are marked');
    assert.deepEqual(editor.violations, []);
  } catch (error) {
    await editor.screenshot('language-failed');
    throw error;
  } finally {
    await editor.close();
    rmSync(workspace, { recursive: true, force: true });
  }
}

/** With Red Hat's extension the schema is its part: nothing appears twice, what only we know still appears. */
async function besideAnotherExtension({ tools, vsix, cache, artefacts, step }) {
  const workspace = mkdtempSync(join(tmpdir(), 'mdfe-language-'));
  mkdirSync(join(workspace, 'configs'));
  writeFileSync(join(workspace, 'configs', 'probe.yaml'), PROBE);
  const other = await makeFakeRedhat(cache);
  const editor = await openEditor({ tools, vsix, workspace, artefacts, extensions: [other] });
  const { page } = editor;
  const suggestions = page.locator('.suggest-widget.visible .monaco-list-row');
  try {
    await editor.openFile('configs', 'probe.yaml');
    await page.locator('.codelens-decoration a', { hasText: 'Train' }).first().waitFor({ timeout: 60_000 });
    await goTo(editor, 3, 3);
    await page.keyboard.press('Control+Space');
    await suggestions.filter({ hasText: 'from-the-other-extension' }).waitFor();
    await wait(500);
    assert.equal(await suggestions.filter({ hasText: 'output_dir' }).count(), 0, 'no key of the schema');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.squiggly-error').count(), 0, 'no problem that the schema shows');
    await goTo(editor, 6, 17);
    await page.keyboard.press('Control+Space');
    await suggestions.filter({ hasText: 'ViT-B-16' }).first().waitFor();
    await editor.screenshot('language-beside-redhat');
    step('beside an extension that reads the schema, only the rest is added');
  } catch (error) {
    await editor.screenshot('language-redhat-failed');
    throw error;
  } finally {
    await editor.close();
    rmSync(workspace, { recursive: true, force: true });
  }
}

/** 40 images of 10 classes in the layout of Products-10k; no image is opened here. */
function lineWith(page, text) {
  return page.locator('.view-line', { hasText: spaced(text) }).first();
}

const hint = lineWith;

async function goTo({ page, command }, line, column) {
  await command('Go to Line/Column...');
  const box = page.locator('.quick-input-widget input[type=text]').first();
  await box.fill(`:${line}:${column}`);
  await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: `${line}` }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.statusbar-item', { hasText: `Ln ${line}, Col ${column}` }).waitFor();
}

async function newExperiment(editor, workspace) {
  const { page } = editor;
  const choose = async (placeholder, text) => {
    const box = page.locator(`.quick-input-widget input[placeholder*="${placeholder}"]`);
    await box.waitFor();
    await box.fill(text);
    await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: text }).waitFor();
    await page.keyboard.press('Enter');
  };
  await editor.command('MDFE: New Experiment');
  await choose('Task', 'linear-probing');
  await choose('Family', 'dinov2');
  await choose('Backbone of type', 'vit_small_patch14_dinov2');
  const sets = page.locator('.quick-input-widget input[placeholder*="Data sets"]');
  await sets.waitFor();
  await editor.screenshot('language-new-experiment');
  await sets.fill('products_10k');
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'products_10k' }).first().click();
  await page.keyboard.press('Enter');
  await choose('Head', 'AdaCos');
  const name = page.locator('.quick-input-widget input[type=text]').first();
  await until('the name is suggested', async () => (await name.inputValue()).includes('dinov2'));
  await name.fill('mine');
  await wait(400);
  await page.keyboard.press('Enter');
  const file = join(workspace, 'configs', 'mine.yaml');
  await until('the file is written', () => existsSync(file));
  await page.locator('.tab', { hasText: 'mine.yaml' }).waitFor();
  const text = readFileSync(file, 'utf8');
  assert.match(text, /model_name: vit_small_patch14_dinov2/);
  assert.match(text, /names: \["products_10k"\]/);
  assert.match(text, /name: AdaCos/);
  await hint(page, '40 images, 10 classes').waitFor();
  await editor.screenshot('language-new-file');
}
