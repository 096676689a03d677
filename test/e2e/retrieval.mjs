// The retrieval gallery with a run that was really trained: palette -> MDFE: Explore Retrieval -> evaluation -> gallery;
// filters, keyboard, an image of the user's own, a window reload, a data folder that is gone, 50,000 queries, which are
// higher than an element may be.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openEditor } from './editor.mjs';
import { realData } from './real.mjs';
import { until } from './until.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const SET = { domains: ['food', 'animals', 'landmarks', 'flags'], classesPerDomain: 32 };
const QUERIES = 50_000;
const INDEX = 200_000;
const themes = { light: 'Light Modern', contrast: 'Dark High Contrast', dark: 'Dark Modern' };

export async function retrieval({ tools, vsix, cache, artefacts, step }) {
  const workspace = mkdtempSync(join(tmpdir(), 'mdfe-retrieval-'));
  const { data, weights } = await (await realData(cache)).makeRealWorkspace(workspace, SET);
  train(workspace, data, weights);
  step('trained a small run');
  const settings = { 'mdfe.backboneWeights': weights, 'mdfe.cacheDir': join(workspace, 'cache') };
  const editor = await openEditor({ tools, vsix, workspace, artefacts, settings });
  const { page } = editor;
  const panel = () => editor.panel();
  const counted = async () => panel().locator('#count').textContent();
  try {
    await editor.openFile('configs', 'retrieval.yaml');
    await page.locator('.editor-actions [aria-label*="Train"]').first().waitFor();
    await editor.command('MDFE: Explore Retrieval');
    await panel().locator('#app').waitFor({ timeout: 120_000 });
    await pictures(panel(), 12);
    await page.mouse.move(700, 880); // off the tab, whose tooltip covers the panel
    const scores = await panel().locator('#rows .score').allTextContents();
    assert.deepEqual(scores, [...scores].sort(), 'the worst queries come first');
    await editor.screenshot('retrieval-dark');
    step(`the gallery is there: ${await counted()}`);

    await panel().locator('#domains button', { hasText: 'animals' }).click();
    const animals = await until('only animals', async () => /^\d+ of \d+/.test(await counted()) && counted());
    assert.deepEqual(new Set(await panel().locator('#rows .domain').allTextContents()), new Set(['animals']));
    await panel().locator('#mistakes').click();
    await panel().locator('#order').selectOption('surest');
    await pictures(panel(), 6);
    await panel().locator('#text').fill('no such file');
    await panel().locator('#none').waitFor();
    await panel().locator('#text').fill('');
    await panel().locator('#none').waitFor({ state: 'hidden' });
    step(`filters: ${animals}, ${await counted()} with mistakes`);

    await panel().locator('#rows .tile').first().focus();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown']) await page.keyboard.press(key);
    const label = await panel().locator('#rows .tile:focus').getAttribute('aria-label');
    assert.match(label, /^Nearest 2: (right|wrong), distance [\d.e+-]+, class [^,]+, eval\//);
    await page.keyboard.press('Enter');
    const file = label.split('/').at(-1);
    await page.locator('.tab', { hasText: file }).waitFor({ timeout: 30_000 });
    await wait(1000);
    await editor.screenshot('retrieval-opened');
    await page.locator('.tab', { hasText: file }).click();
    await editor.command('View: Close Editor');
    step(`keyboard: opened ${file}`);

    await panel().locator('#order').selectOption('name');
    await panel().locator('#size').selectOption('large');
    await panel()
      .locator('#list')
      .evaluate((list) => list.scrollTo(0, 700));
    await wait(500);
    const before = await firstCaption(panel());
    await editor.reload();
    await panel().locator('#app').waitFor({ timeout: 90_000 });
    await until('the list stands where it stood', async () => (await firstCaption(panel())) === before);
    assert.equal(await panel().locator('#order').inputValue(), 'name');
    assert.equal(
      await panel().locator('#domains [aria-pressed=true]').getAttribute('data-domain'),
      'animals',
    );
    step('after a reload the gallery stands where it stood');

    await panel().locator('#size').selectOption('medium');
    await panel().locator('#searchImage').click();
    const [own] = readdirSync(join(data, 'eval')).filter((name) => name.startsWith('food'));
    await editor.choose(join(data, 'eval', own), 'Look Up');
    await panel().locator('#search-row .tile').nth(5).waitFor({ timeout: 60_000 });
    await pictures(panel(), 12);
    await editor.screenshot('retrieval-search');
    await panel().locator('#closeSearch').click();
    await panel().locator('#search').waitFor({ state: 'hidden' });
    step('looked up an image of its own');

    await panel().locator('#domains button').first().click();
    await panel().locator('#mistakes').click();
    await panel().locator('#order').selectOption('worst');
    for (const [name, theme] of Object.entries(themes)) {
      await editor.theme(theme);
      await page.mouse.move(700, 880);
      await editor.screenshot(`retrieval-theme-${name}`);
    }

    renameSync(data, `${data}-moved`);
    await panel().locator('#evaluate').click();
    await panel().locator('#failed-title', { hasText: 'The data folder is gone' }).waitFor();
    await editor.screenshot('retrieval-gone');
    rmSync(join(workspace, 'cache', 'features'), { recursive: true }); // so that there is an evaluation to cancel
    await panel().locator('#remedies vscode-button', { hasText: 'Choose Data Folder' }).click();
    await editor.chooseFolder(`${data}-moved`);
    await panel().locator('#working').waitFor();
    await editor.screenshot('retrieval-working');
    await panel().locator('#cancel').click();
    await panel().locator('#failed-title', { hasText: 'Not evaluated' }).waitFor();
    await panel().locator('#remedies vscode-button', { hasText: 'Evaluate' }).click();
    await panel().locator('#app').waitFor({ timeout: 120_000 });
    await pictures(panel(), 6);
    step('a data folder that moved is asked for; its evaluation was cancelled and made again');

    enlarge(editor.home);
    await editor.command('MDFE: Explore Retrieval');
    await until('50,000 queries', async () => (await counted()) === '50,000 queries', 90_000);
    const { slowest, rows } = await scrollThrough(panel());
    await pictures(panel(), 12);
    assert.ok(rows < 20, `${rows} rows in the document`);
    const bottom = await panel().locator('#rows .row').last().getAttribute('aria-rowindex');
    assert.equal(bottom, String(QUERIES), 'the last query is reached');
    await editor.screenshot('retrieval-large');
    assert.equal(await movedBy(panel(), -150), -150, 'a small scroll moves the list by as much');
    step(
      `50,000 queries: slowest frame while scrolling ${slowest.toFixed(0)} ms, ${rows} rows in the document`,
    );

    await editor.command('View: Close All Editors');
    await editor.command('MDFE: Open Training Panel');
    await panel().locator('#exploreRetrieval').click();
    await panel().locator('#rows .tile').first().waitFor({ timeout: 60_000 });
    step('the training panel leads there');
    assert.deepEqual(editor.violations, []);
  } catch (error) {
    await editor.screenshot('retrieval-failed');
    throw error;
  } finally {
    await editor.close();
    rmSync(workspace, { recursive: true, force: true });
  }
}

function train(workspace, data, weights) {
  const config = join(workspace, 'configs', 'retrieval.yaml');
  const short = readFileSync(join(workspace, 'configs', 'short.yaml'), 'utf8');
  writeFileSync(config, `${short}EVAL: { hold_out: csv, csv_file: eval.csv }\n`);
  const options = ['--output-dir', join(workspace, 'results'), '--cache-dir', join(workspace, 'cache')];
  execFileSync(
    process.execPath,
    [join(root, 'dist', 'cli.mjs'), 'train', config, data, ...options, '--backbone-weights', weights],
    { stdio: 'pipe' },
  );
}

/** Waits until so many pictures are drawn. */
function pictures(panel, count) {
  return until(`${count} pictures`, async () => {
    const drawn = await panel
      .locator('.frame.is-there img')
      .evaluateAll((images) => images.filter((image) => image.naturalWidth > 0).length);
    return drawn >= count;
  });
}

/** File name of the row at the top of the list. */
function firstCaption(panel) {
  return panel.locator('#list').evaluate((list) => {
    const { top } = list.getBoundingClientRect();
    const rows = [...list.querySelectorAll('.row')];
    return rows.find((row) => row.getBoundingClientRect().bottom > top + 1)?.querySelector('b')?.textContent;
  });
}

/** Makes the newest gallery one of many queries and index images: the same few files under many names. */
function enlarge(home) {
  const find = (name) =>
    readdirSync(home, { recursive: true })
      .map(String)
      .filter((file) => file.includes('retrieval/') && file.endsWith(name))
      .map((file) => join(home, file));
  for (const file of find('.jsonl')) {
    const lines = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const named = (image, i) => image.replace(/([^/]+)$/, `n${i % INDEX}/../$1`);
    const many = Array.from({ length: QUERIES }, (_, i) => {
      const line = lines[i % lines.length];
      const neighbours = line.neighbours.map((n, k) => ({ ...n, image: named(n.image, 40 * i + k) }));
      return JSON.stringify({ ...line, query: named(line.query, i), neighbours });
    });
    writeFileSync(file, `${many.join('\n')}\n`);
  }
}

/** Scrolls from the middle of the list; how far a row that stays in sight moved up, pixels. */
function movedBy(panel, by) {
  return panel.locator('#list').evaluate(async (list, pixels) => {
    const frame = () => new Promise(requestAnimationFrame);
    list.scrollTop = list.scrollHeight / 2;
    await frame();
    await frame();
    const row = list.querySelectorAll('.row')[3];
    const before = row.getBoundingClientRect().top;
    list.scrollBy(0, pixels);
    await frame();
    await frame();
    return Math.round(before - row.getBoundingClientRect().top);
  }, by);
}

/** Scrolls the whole list in 60 jumps: the longest time between two frames, ms, and the rows that are in the document. */
function scrollThrough(panel) {
  return panel.locator('#list').evaluate(async (list) => {
    let slowest = 0;
    let last = performance.now();
    for (let i = 0; i <= 60; i++) {
      list.scrollTop = (list.scrollHeight * i) / 60;
      await new Promise(requestAnimationFrame);
      slowest = Math.max(slowest, performance.now() - last);
      last = performance.now();
    }
    return { slowest, rows: list.querySelectorAll('.row').length };
  });
}
