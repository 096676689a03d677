// The forms and the preview beside the text of an experiment.
import assert from 'node:assert/strict';
import { until } from './until.mjs';

/** @param lineOf finds a line of the text by what it holds */
export async function forms({ editor, page, view, step }, lineOf) {
  const field = (path) => view.locator(`[data-path="${path}"]`);
  const input = (path) => field(path).locator('vscode-text-field input');
  const figure = (name) =>
    view.locator('.figures > div', { has: view.locator('dt', { hasText: new RegExp(`^${name}$`) }) });

  await until('the data is counted', async () =>
    /\d/.test(await figure('steps per epoch').locator('b').textContent()),
  );
  await figure('time for training').getByText('no measurement yet: run it once').waitFor();
  step('figures of the data; no time without a measurement');

  await input('OPTIMIZER.lr').fill('fast');
  await field('OPTIMIZER.lr').getByText('takes a number').waitFor();
  await input('OPTIMIZER.lr').press('Enter');
  assert.equal(await lineOf(view, 'fast').count(), 0, 'what is wrong is not written');
  await input('OPTIMIZER.lr').fill('5e-3');
  await input('OPTIMIZER.lr').press('Enter');
  await lineOf(view, 'lr: 5e-3').waitFor();
  await until(
    'the input shows what counts',
    async () => (await input('OPTIMIZER.lr').inputValue()) === '0.005',
  );
  const summary = () => view.locator('.plot canvas').first().getAttribute('aria-label');
  await until('the curve reacts', async () => /at most 0\.00[45]/.test(await summary()));
  step('a number is checked, written with Enter, and drawn');

  await field('MODEL.HEAD.name').locator('vscode-dropdown').focus();
  const heads = () =>
    view.locator('[data-path^="MODEL.HEAD."]').evaluateAll((all) => all.map((e) => e.dataset.path));
  assert.ok((await heads()).includes('MODEL.HEAD.h'));
  await page.keyboard.press('Home');
  await lineOf(view, 'name: ArcFace').waitFor();
  await until('its own parameters', async () => !(await heads()).includes('MODEL.HEAD.h'));
  assert.ok((await heads()).includes('MODEL.HEAD.k'));
  step('another head by keyboard; only its parameters are shown');

  await input('MODEL.embedding_dim').fill('128');
  await input('MODEL.embedding_dim').press('Enter');
  await field('MODEL.embedding_dim').getByText('takes at most 64').waitFor();
  await view.locator('.preview .count', { hasText: '1 warning' }).click();
  await view.locator('.problem').first().click();
  assert.equal(
    await view.locator('body').evaluate(() => document.activeElement.closest('#text')?.id),
    'text',
  );
  step('a problem leads to its place in the text');

  const reset = field('OPTIMIZER.lr').locator('.reset');
  await reset.focus();
  await page.keyboard.press('Enter');
  await lineOf(view, 'lr: 5e-3').waitFor({ state: 'detached' });
  await until('the default counts', async () => (await input('OPTIMIZER.lr').inputValue()) === '0.002');
  await page.keyboard.press('Control+z');
  await lineOf(view, 'lr: 5e-3').waitFor();
  step('back to the default, and undone');

  await input('OPTIMIZER.lr').fill('1.0e-4');
  await input('OPTIMIZER.lr').press('Enter');
  await lineOf(view, 'lr: 1.0e-4').waitFor();
  await editor.screenshot('experiment-forms');
}
