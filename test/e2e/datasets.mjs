// The Datasets view: what lies below the data folder, what is missing, and what a refresh finds.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { openEditor } from './editor.mjs';

export async function datasets({ tools, vsix, artefacts, step }) {
  const workspace = mkdtempSync(join(tmpdir(), 'mdfe-datasets-'));
  const put = (file, content) => {
    mkdirSync(dirname(join(workspace, 'data', file)), { recursive: true });
    writeFileSync(join(workspace, 'data', file), content);
  };
  const names = Array.from({ length: 12 }, (_, i) => `${i}.jpg`);
  put('rp2k/train.csv', `img_path,img_id\n${names.map((name, i) => `${name},${i % 3}\n`).join('')}`);
  for (const [i, name] of names.entries()) {
    const colour = { r: 20 * i, g: 90, b: 255 - 20 * i };
    const drawing = sharp({ create: { width: 320, height: 240, channels: 3, background: colour } });
    put(`rp2k/train/${name}`, await drawing.jpeg().toBuffer());
  }
  put('shopee/train.csv', 'image,label_group\na.jpg,1\nb.jpg,1\nc.jpg,1\n');
  put('shopee/train_images/a.jpg', 'x');
  put('fr22_train_v2/annotations.json', '{}');
  const settings = { 'mdfe.dataDir': join(workspace, 'data') };
  const editor = await openEditor({ tools, vsix, workspace, artefacts, settings });
  const { page } = editor;
  const line = (text) => page.locator('.pane-body .monaco-list-row', { hasText: text }).first();
  try {
    await page.locator('.activitybar [aria-label="MDFE"]').first().click();
    await line('3 classes, 12 images').waitFor({ timeout: 60_000 });
    await line('2 of 3 images').waitFor();
    await line('mdfe preprocess food_rec22').waitFor();
    await line('not here').waitFor();
    assert.match(await line('rp2k').textContent(), /3 classes, 12 images/);
    await line('rp2k').click();
    await line('download page').waitFor();
    await editor.screenshot('datasets-dark');
    step('sets with counts and with what is missing');

    const classes = page.locator('.pane-body .monaco-list-row', { hasText: '4 images' });
    await classes.nth(2).waitFor({ timeout: 60_000 });
    assert.equal(await classes.count(), 3);
    await classes.nth(1).click();
    await line('10.jpg').click();
    await page.locator('.tab', { hasText: '10.jpg' }).waitFor({ timeout: 30_000 });
    await page.locator('.statusbar-item', { hasText: '320x240' }).waitFor({ timeout: 30_000 }); // it is drawn
    await editor.screenshot('datasets-samples');
    step('a class unfolds into its images; an image opens');

    for (const name of ['b', 'c']) put(`shopee/train_images/${name}.jpg`, 'x');
    await page.locator('[aria-label="Refresh Datasets"]').first().click();
    await line('1 class, 3 images').waitFor({ timeout: 60_000 });
    await editor.theme('Light Modern');
    await editor.screenshot('datasets-light');
    await editor.theme('Dark High Contrast');
    await editor.screenshot('datasets-contrast');
    await editor.theme('Light High Contrast');
    await editor.screenshot('datasets-contrast-light');
    step('a refresh finds the images that were missing');

    rmSync(join(workspace, 'data', 'shopee', 'train.csv'));
    await line('shopee').click();
    await line('Refresh Datasets').waitFor({ timeout: 60_000 });
    await editor.screenshot('datasets-error');
    step('classes that cannot be listed: a line says why and what to do');
  } catch (error) {
    await editor.screenshot('datasets-failed');
    throw error;
  } finally {
    await editor.close();
    rmSync(workspace, { recursive: true, force: true });
  }
}
