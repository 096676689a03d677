import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type * as vscode from 'vscode';
import { distFile } from '../../common/dist.ts';
import { LanguageClient } from './client.ts';

const folder = mkdtempSync(join(tmpdir(), 'mdfe-client-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const log = { info() {}, warn() {}, error() {} } as unknown as vscode.LogOutputChannel;
const client = (script: string) =>
  new LanguageClient(
    script,
    log,
    () => ({ workspace: folder }),
    () => {},
  );

/** The part of a document that the client reads; counts how often its text is taken. */
function documentOf(text: string) {
  const state = { taken: 0 };
  const document = {
    uri: { toString: () => 'file:///configs/x.yaml' },
    version: 1,
    getText() {
      state.taken++;
      return text;
    },
  } as unknown as vscode.TextDocument;
  return { document, state };
}

test('asks the worker, and sends each version of a text once', async () => {
  const asking = client(distFile('language.worker.mjs'));
  const { document, state } = documentOf('OPTIMIZER:\n  name: adamw\n');
  const problems = await asking.about(document, 'diagnostics', { coverage: 'all' });
  expect(problems.map((p) => p.code)).toEqual(['config/value']);
  const hover = await asking.about(document, 'hover', { offset: 14, coverage: 'all' });
  expect(hover?.markdown).toContain('OPTIMIZER.name');
  expect(state.taken).toBe(1);
  asking.forget(document);
  await asking.about(document, 'symbols', {});
  expect(state.taken).toBe(2);
  asking.dispose();
});

test('a worker that dies fails its questions, starts again, and not for ever', async () => {
  const script = join(folder, 'dying.mjs');
  writeFileSync(
    script,
    "import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => process.exit(3));",
  );
  const asking = client(script);
  for (let i = 0; i < 5; i++) await expect(asking.ask('defaults', {})).rejects.toThrow('ended with code 3');
  expect(() => asking.ask('defaults', {})).toThrow('crashed too often');
  asking.dispose();
});
