import { expect, it } from 'vitest';
import { looksLikeConfig } from './is-config.ts';

it.each([
  ['/w/configs/probe.yaml', 'MODEL:\n  name: x', true],
  ['C:\\w\\configs\\a\\probe.yml', 'SEED: 1\nTRAIN:\n  epochs: 1', true],
  ['/w/configs/other.yaml', 'services: {}', false],
  ['/w/exp.yaml', 'MODEL:\n  x: 1\nTRAIN:\n  y: 1', true],
  ['/w/exp.yaml', 'MODEL:\n  x: 1\nMODEL:\n  y: 1', false],
  ['/w/exp.yaml', '# yaml-language-server: $schema=./mdfe.schema.json\n', true],
  ['/w/exp.yaml', 'a:\n  MODEL:\n    x: 1\n  TRAIN:\n    y: 1', false],
  ['/w/configs/new.yaml', '', true],
  ['/w/configs/new.yaml', '# a comment\nMO', true],
  ['/w/new.yaml', '', false],
  ['/w/new.yaml', '# mdfe: config\n', true],
  ['/w/configs/seed.yaml', 'SEED: 1\n', true],
  ['/w/exp.json', 'MODEL:\nTRAIN:', false],
])('%s with %j: %s', (path, text, expected) => {
  expect(looksLikeConfig(path, text)).toBe(expected);
});
