import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { referencePage } from './reference-page.ts';
import { configFields } from './schema/fields.ts';

test('docs/configuration.md is current: run `npm run docs`', () => {
  const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  expect(page).toBe(referencePage());
  for (const path of configFields.keys()) expect(page).toContain(`\`${path}\``);
});
