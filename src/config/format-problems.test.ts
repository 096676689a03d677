import { expect, test } from 'vitest';
import { formatProblems } from './format-problems.ts';
import { parseConfig } from './parse.ts';

test('place, severity, message, source line and a mark', () => {
  const text = 'MODEL:\n  HEAD: {name: arcface}\n  emb_dim: 3\n';
  const { problems } = parseConfig(text, 'configs/x.yaml');
  expect(formatProblems(problems, text)).toBe(
    [
      "configs/x.yaml:2:16: error: MODEL.HEAD.name is one of ArcFace, DynM-ArcFace, AdaCos, LiArcFace, CurricularFace or AdaFace, not 'arcface'; did you mean ArcFace? [config/value]",
      '      HEAD: {name: arcface}',
      '                   ^^^^^^^',
      'configs/x.yaml:3:3: error: there is no key MODEL.emb_dim; did you mean embedding_dim? [config/unknown-key]',
      '      emb_dim: 3',
      '      ^^^^^^^',
      '    expected: name, embedding_dim, output_dir, cloud_upload, BACKBONE, NECK, HEAD',
    ].join('\n'),
  );
});

test('an empty file has no line to show', () => {
  const { problems } = parseConfig('', 'x.yaml');
  expect(formatProblems(problems, '').split('\n')[0]).toMatch(/^x\.yaml:1:1: error: the file is empty/);
});

test('control characters of the file do not reach the terminal', () => {
  const text = 'MODEL:\n  na\u001b[2Jme\u0000: x\n';
  const { problems } = parseConfig(text, 'x.yaml');
  expect(formatProblems(problems, text)).toContain('    na\uFFFD[2Jme\uFFFD: x');
});
