import { describe, expect, test } from 'vitest';
import { parseConfig } from './parse.ts';
import { resolvedYaml, yamlValue } from './resolved-yaml.ts';
import { configFields } from './schema/fields.ts';
import { type Config, configSchema, defaultConfig } from './schema/index.ts';

function reread(config: Config): unknown {
  const { config: read, problems } = parseConfig(resolvedYaml(config), 'resolved.yaml');
  expect(problems.filter((p) => p.severity === 'error')).toEqual([]);
  return read;
}

test('the defaults read back', () => expect(reread(defaultConfig)).toEqual(defaultConfig));

test('a section of our own is written only where it differs from its defaults', () => {
  expect(resolvedYaml(defaultConfig)).not.toContain('EVAL');
  const config: Config = configSchema.parse({ EVAL: { hold_out: 'classes' } });
  expect(reread(config)).toEqual(config);
  expect(resolvedYaml(config)).toContain('EVAL:\n  hold_out: classes\n');
});

describe('any text reads back', () => {
  test.each([
    'plain',
    'with space',
    ' leading',
    'trailing ',
    'colon: inside',
    'hash # inside',
    'yes',
    'None',
    'null',
    '~',
    '5',
    '2e-2',
    '1:30',
    '(1, 2)',
    "'quoted'",
    '"double"',
    'back\\slash',
    'a\nb\tc',
    '=',
    '<<',
    '- x',
    '*alias',
    '&anchor',
    '!tag',
    '{a}',
    '[a',
    '2020-01-01',
    'äöü ☃ 🦊',
    '\u0085\u2028\x7f\ufeff',
    'None and more',
  ])('%j', (text) => {
    const config: Config = configSchema.parse({
      MODEL: { name: text },
      DATASET: { names: [text, 'b'] },
      GOOGLE_DRIVE: { folder_id: text },
    });
    expect(reread(config)).toEqual(config);
  });
});

test.each([0.02, 1e-7, 1.5e-12, 5e-324, 1, 30, 1e15, 1e16, 1.7976931348623157e308, 0.1 + 0.2, 1 / 3])(
  '%f reads back exactly',
  (value) => {
    const config: Config = configSchema.parse({ OPTIMIZER: { lr: value }, SCHEDULER: { name: null } });
    expect(reread(config)).toEqual(config);
  },
);

test('numbers are such that YAML 1.1 alone reads them', () => {
  const lr = configFields.get('OPTIMIZER.lr')!;
  expect([1e-7, 2e-2, 30, 1e22].map((v) => yamlValue(lr, v))).toEqual(['1.0e-07', '0.02', '30.0', '1.0e+22']);
});
