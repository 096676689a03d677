import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packageFile } from './dist.ts';
import { isNewEnough, OLDEST_NODE } from './node-version.ts';

test('is what package.json asks for', () => {
  const { engines } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8'));
  expect(engines.node).toBe(`>=${OLDEST_NODE}`);
});

test.each([
  ['20.18.1', true],
  ['20.19.0', true],
  ['22.0.0', true],
  ['20.18.0', false],
  ['20.9.5', false],
  ['18.20.4', false],
])('%s: %s', (version, expected) => expect(isNewEnough(version)).toBe(expected));
