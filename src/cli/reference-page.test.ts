import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COMMANDS } from './command-table.ts';
import { commandLinePage } from './reference-page.ts';

test('docs/command-line.md is current: run `npm run docs`', async () => {
  const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  const page = readFileSync(new URL('../../docs/command-line.md', import.meta.url), 'utf8');
  expect(page).toBe(commandLinePage(commands));
  for (const name of Object.keys(COMMANDS)) expect(page).toContain(`mdfe ${name}`);
});
