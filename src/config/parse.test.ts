import { describe, expect, test } from 'vitest';
import { parseConfig } from './parse.ts';
import { defaultConfig } from './schema/index.ts';

const file = 'x.yaml';

/** `code line:column-line:column` of every problem. */
function places(text: string): string[] {
  return parseConfig(text, file).problems.map(
    ({ code, range: { start, end } }) => `${code} ${start.line}:${start.column}-${end.line}:${end.column}`,
  );
}

describe('values', () => {
  test('a file is merged over the defaults', () => {
    const { config, given, problems } = parseConfig('MODEL:\n  HEAD:\n    k: 3\n', file);
    expect(problems).toEqual([]);
    expect(given).toEqual({ MODEL: { HEAD: { k: 3 } } });
    expect(config).toEqual({
      ...defaultConfig,
      MODEL: { ...defaultConfig.MODEL, HEAD: { ...defaultConfig.MODEL.HEAD, k: 3 } },
    });
  });

  test.each([
    ['OPTIMIZER: {lr: 2e-2}', 'OPTIMIZER', 'lr', 0.02],
    ['OPTIMIZER: {lr: "2e-2"}', 'OPTIMIZER', 'lr', 0.02],
    ['OPTIMIZER: {lr: 1}', 'OPTIMIZER', 'lr', 1],
    ['SCHEDULER: {name: None}', 'SCHEDULER', 'name', null],
    ['SCHEDULER: {name: null}', 'SCHEDULER', 'name', null],
    ['SCHEDULER: {name: }', 'SCHEDULER', 'name', null],
    ['SCHEDULER: {epoch_based: "True"}', 'SCHEDULER', 'epoch_based', true],
    ['SCHEDULER: {epoch_based: yes}', 'SCHEDULER', 'epoch_based', true],
    ['TRANSFORM: {mean: "(0.5, 0.5, 0.5)"}', 'TRANSFORM', 'mean', [0.5, 0.5, 0.5]],
    ['TRANSFORM: {mean: "[0, 1, .5]"}', 'TRANSFORM', 'mean', [0, 1, 0.5]],
    ['TRANSFORM: {mean: [0.5, 0.5, 0.5]}', 'TRANSFORM', 'mean', [0.5, 0.5, 0.5]],
    ['DATASET: {names: "(\'gldv2\',)"}', 'DATASET', 'names', ['gldv2']],
    ['DATALOADER: {batch_size: 0x40}', 'DATALOADER', 'batch_size', 64],
    ['MODEL: {name: "\'5\'"}', 'MODEL', 'name', '5'],
    ['x: &x {lr: 1.0}\nOPTIMIZER: *x', 'OPTIMIZER', 'lr', 1],
    ['OPTIMIZER: {<<: {lr: 1.0, momentum: 0.5}, lr: 2.0}', 'OPTIMIZER', 'lr', 2],
    ['OPTIMIZER: {<<: [{lr: 1.0}, {lr: 3.0}]}', 'OPTIMIZER', 'lr', 1],
  ] as const)('%s', (text, section, key, value) => {
    const { effective } = parseConfig(text, file);
    expect((effective[section] as Record<string, unknown>)[key]).toEqual(value);
  });

  test('byte order mark and Windows line ends', () => {
    const { config } = parseConfig('\uFEFFSEED: 7\r\nTRAIN:\r\n  epochs: 3\r\n', file);
    expect(config?.SEED).toBe(7);
    expect(config?.TRAIN.epochs).toBe(3);
  });
});

describe('problems', () => {
  test('all are collected, each at its place', () => {
    const text = [
      'MODEL:',
      '  embeding_dim: 32',
      '  BACKBONE: {type: siglp}',
      '  HEAD:',
      '    k: 3.0',
      '    m: -1',
      'DATASET:',
      '  names: [gldv2, 3]',
      'TRAIN:',
      '  epoch_based: maybe',
      'OPTIMISER: {}',
    ].join('\n');
    expect(places(text)).toEqual([
      'config/unknown-key 2:3-2:15',
      'config/value 3:20-3:25',
      'config/type 5:8-5:11',
      'config/range 6:8-6:10',
      'config/type 8:18-8:19',
      'config/type 10:16-10:21',
      'config/unknown-key 11:1-11:10',
    ]);
    const { config, effective, problems } = parseConfig(text, file);
    expect(config).toBeUndefined();
    expect(effective.MODEL).toEqual(defaultConfig.MODEL);
    expect(problems.map((p) => p.suggestion)).toEqual([
      'embedding_dim',
      'siglip',
      '3',
      undefined,
      undefined,
      undefined,
      'OPTIMIZER',
    ]);
  });

  test.each([
    ['', 'config/empty 1:1-1:1'],
    ['# only a comment\n', 'config/empty 1:1-1:1'],
    ['null\n', 'config/empty 1:1-1:1'],
    ['- a\n', 'config/not-a-mapping 1:1-1:4'],
    ['just text\n', 'config/not-a-mapping 1:1-1:10'],
    ['lr:2e-2\n', 'config/not-a-mapping 1:1-1:8'],
    ['MODEL: 5\n', 'config/not-a-mapping 1:8-1:9'],
    ['MODEL:\nSEED: 1\n', 'config/empty-section 1:1-1:6'],
    ['SEED: 1\nSEED: 2\n', 'config/duplicate-key 2:1-2:5'],
    ['SEED: 1\n---\nSEED: 2\n', 'config/syntax 2:1-2:4'],
    ['SEED: *x\n', 'config/alias 1:7-1:9'],
    ['OPTIMIZER: &a\n  <<: *a\n', 'config/alias 2:7-2:9'],
    ['SEED: !foo 1\n', 'config/tag 1:12-1:13'],
    ['OPTIMIZER: !!python/dict {lr: 1}\n', 'config/tag 1:26-1:33'],
    ['SEED: 2020-01-01\n', 'config/type 1:7-1:17'],
    ['SEED: -1\n', 'config/range 1:7-1:9'],
    ['MODEL: {name: 5}\n', 'config/type 1:15-1:16'],
    ['MODEL: {name: None}\n', 'config/type 1:15-1:19'],
    ['MODEL: {output_dir: ""}\n', 'config/length 1:21-1:23'],
    ['DATASET: {names: gldv2}\n', 'config/type 1:18-1:23'],
    ['DATASET: {names: []}\n', 'config/length 1:18-1:20'],
    ['TRANSFORM: {mean: [1, 1]}\n', 'config/length 1:19-1:25'],
    ['TRANSFORM: {mean: [1, 1, 2]}\n', 'config/range 1:26-1:27'],
    ['TRANSFORM: {std: "(0, 1, 1)"}\n', 'config/range 1:18-1:29'],
    ['OPTIMIZER: {lr: .nan}\n', 'config/range 1:17-1:21'],
    ['OPTIMIZER: {lr: .inf}\n', 'config/range 1:17-1:21'],
    ['OPTIMIZER: {lr: fast}\n', 'config/type 1:17-1:21'],
    ['MODEL:\n\tname: x\n', 'config/tab 2:1-2:2'],
    ['MODEL:\n  name: "x\n', 'config/syntax 3:1-3:1'],
    ['MODEL: {name: x\n', 'config/syntax 2:1-2:1'],
    ['1: 2\n', 'config/unknown-key 1:1-1:2'],
    ['? [a]\n: 1\n', 'config/unknown-key 1:3-1:6'],
  ])('%j gives %s', (text, expected) => {
    expect(places(text)).toContain(expected);
  });

  test.each([
    ['MODEL: {NECK: {type: pooling}}', 'did you mean neck_type?'],
    ['OPTIMIZER: {batch_size: 3}', 'did you mean DATALOADER.batch_size?'],
    ['model: {}', 'did you mean MODEL?'],
    ['MODEL: {HEAD: {name: arc_face}}', 'did you mean ArcFace?'],
    ['SCHEDULER: {warmup: none}', 'did you mean None?'],
    ['TRAIN: {epoch_based: 1}', 'did you mean True?'],
    ['DATASET: {names: gldv2}', 'did you mean ["gldv2"]?'],
  ])('%s: %s', (text, hint) => {
    expect(
      parseConfig(text, file)
        .problems.map((p) => p.message)
        .join('\n'),
    ).toContain(hint);
  });
});

describe('hostile texts end in a problem', () => {
  const bomb = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]'];
  for (let i = 1; i < 12; i++)
    bomb.push(
      `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(',')}]`,
    );

  test.each([
    ['deep brackets', '['.repeat(100_000), 'config/too-deep'],
    ['deep braces', '{a: '.repeat(20_000), 'config/too-deep'],
    ['deep dashes', '- '.repeat(20_000), 'config/too-deep'],
    [
      'deep indentation',
      Array.from({ length: 500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      'config/too-deep',
    ],
    ['aliases of aliases', `${bomb.join('\n')}\nDATASET:\n  names: *a11\n`, 'config/too-large'],
    [
      'merges of merges',
      `${['a0: &a0 {k: 1}', ...Array.from({ length: 20 }, (_, i) => `a${i + 1}: &a${i + 1} {<<: [*a${i}, *a${i}]}`)].join('\n')}\nOPTIMIZER: *a20\n`,
      'config/too-large',
    ],
    ['a huge file', 'k: v\n'.repeat(1_000_000), 'config/too-large'],
    ['many unknown keys', 'k: v\n'.repeat(2_000), 'config/too-large'],
    ['keys on one line', 'a: '.repeat(5_000), 'config/syntax'],
    ['control characters', '\0\x01\x02: \x1b', 'config/unknown-key'],
    ['lone surrogates', 'MODEL: {name: "\ud800"', 'config/syntax'],
  ])('%s', (_, text, code) => {
    const { config, problems } = parseConfig(text, file);
    expect(config).toBeUndefined();
    expect(problems.map((p) => p.code)).toContain(code);
  });

  test('every beginning of a file is read without a throw', () => {
    const text =
      'MODEL: &m\n  HEAD: {k: 3, "name": ArcFace}\n  <<: *m\nDATASET:\n  names:\n    - "a"\n    - |\n      b\n';
    for (let end = 0; end <= text.length; end++) parseConfig(text.slice(0, end), file);
  });
});

test('rangeOf finds values, keys and, for what is missing, the nearest section', () => {
  const { rangeOf, has } = parseConfig('MODEL:\n  HEAD:\n    k: 3\n', file);
  const start = (path: string, part?: 'value' | 'key' | 'entry') => {
    const { line, column } = rangeOf(path, part).start;
    return `${line}:${column}`;
  };
  expect(start('MODEL.HEAD.k')).toBe('3:8');
  expect(start('MODEL.HEAD.k', 'key')).toBe('3:5');
  expect(start('MODEL.HEAD.m')).toBe('2:3');
  expect(start('TRAIN.epochs')).toBe('1:1');
  expect(has('MODEL.HEAD.k')).toBe(true);
  expect(has('MODEL.HEAD.m')).toBe(false);
});
