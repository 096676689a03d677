import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { removeOlder } from './remove-older.ts';

it('removes what is old, also while another window does', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mdfe-older-'));
  for (let i = 0; i < 200; i++) {
    const path = join(folder, `${i}`);
    writeFileSync(path, '');
    if (i >= 5) utimesSync(path, 1, 1);
  }
  await Promise.all([1, 2, 3, 4].map(() => removeOlder(folder, 10_000)));
  expect(readdirSync(folder).sort()).toEqual(['0', '1', '2', '3', '4']);
  rmSync(folder, { recursive: true });
});
