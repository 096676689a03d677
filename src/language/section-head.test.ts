import { expect, test } from 'vitest';
import { configFields, configSections } from '../config/schema/fields.ts';
import { SECTION_HEAD } from './section-head.ts';

test.each([...configSections.values()].map(({ keys }) => keys.at(-1)!))('%s opens a section', (name) => {
  expect(`  ${name}: # why`).toMatch(SECTION_HEAD);
});

test('nothing else does', () => {
  const names = [...configFields.values()].map(({ keys }) => keys.at(-1)!);
  expect(names.filter((name) => SECTION_HEAD.test(`${name}:`))).toEqual(['keys']);
  expect('MODEL: {HEAD: {}}').not.toMatch(SECTION_HEAD);
});
