import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { requireNode } from './node-program.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mdfe-node-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const saying = (text: string) => {
  const path = join(dir, 'node');
  writeFileSync(path, `#!/bin/sh\necho '${text}'\n`, { mode: 0o755 });
  return path;
};

it('takes a Node that is new enough', async () => {
  await requireNode(process.execPath);
  await requireNode(saying('20.18.1'));
  await requireNode(saying('22.0.0'));
});

it.each(['18.19.0', '20.18.0', '20.9.5'])('refuses Node %s', async (version) => {
  const path = saying(version);
  await expect(requireNode(path)).rejects.toThrow(
    `${path}: this Node is too old\n  expected: Node 20.18.1 or newer\n  got:      ${version}\n  to do:    correct the setting mdfe.nodePath`,
  );
});

it('refuses what is not Node, and what is not there', async () => {
  await expect(requireNode(saying('hello'))).rejects.toThrow('got:      hello');
  await expect(requireNode(join(dir, 'none'))).rejects.toThrow('ENOENT');
});
