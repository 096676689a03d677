// The experiment editor: Monaco on the document that VS Code keeps, our language engine, forms and preview beside it.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openEditor, until } from './editor.mjs';

const PROBE = `# The experiment editor is tried on this file.
MODEL:
  embedding_dim: 64
  BACKBONE:
    type: clip
    model_name: ViT-B-16
    weights: openai
  HEAD:
    name: AdaFace

DATASET:
  names: ["products_10k"]

OPTIMIZER:
  lr: 1.0e-2

TRAIN:
  epochs: 3
`;

export async function experiment({ tools, vsix, artefacts, step }) {
  const workspace = mkdtempSync(join(tmpdir(), 'mdfe-experiment-'));
  const configs = join(workspace, 'configs');
  mkdirSync(configs);
  writeFileSync(join(configs, 'probe.yaml'), PROBE);
  const editor = await openEditor({ tools, vsix, workspace, artefacts });
  const { page } = editor;
  const saved = (name = 'probe.yaml') => readFileSync(join(configs, name), 'utf8');
  try {
    await editor.openFile('configs', 'probe.yaml');
    await page.locator('.codelens-decoration a', { hasText: 'Preview' }).first().waitFor({ timeout: 60_000 });
    const started = performance.now();
    await page.locator('.editor-actions [aria-label^="Open Experiment Editor"]').first().click();
    const view = editor.panel();
    await view.locator('#text .view-line').first().waitFor({ timeout: 60_000 });
    step(`open: text is there after ${(performance.now() - started).toFixed(0)} ms`);
    await wait(3000);
    await editor.screenshot('experiment-dark');
    assert.deepEqual(editor.violations, []);
    console.log(await page.locator('.tab').allTextContents());
  } catch (error) {
    await editor.screenshot('experiment-failed');
    throw error;
  } finally {
    await editor.close();
    rmSync(workspace, { recursive: true, force: true });
  }
}
