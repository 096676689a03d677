import { describe, expect, test } from 'vitest';
import { someDatasets, someModels } from '../../../test/fixtures/config/registries.ts';
import { parseConfig } from '../parse.ts';

const context = { models: someModels, datasets: someDatasets };

/** `code at the text that is underlined: message` */
function found(text: string): string[] {
  return parseConfig(text, 'x.yaml', context).problems.map(({ code, range, message }) => {
    const place = text.slice(range.start.offset, range.end.offset);
    return `${code.replace('config/', '')} at ${place}: ${message}`;
  });
}

const keys = (lines: string) => `EVAL: {hold_out: classes}\nSWEEP:\n  keys:\n    ${lines}\n`;

describe('what stands in SWEEP.keys', () => {
  test.each([
    ['OPTIMIZER.lr: [1e-3, 1e-2]', []],
    ['OPTIMIZER.lr: "(1e-3, 1e-2)"', []],
    ['MODEL.HEAD.name: [ArcFace, AdaFace]', []],
    ['DATASET.names: [[gldv2], [gldv2, sop]]', []],
    ['SCHEDULER.warmup: [linear, None]', []],
    ['lr: [1, 2]', ['unknown-key at lr: there is no key lr to sweep; did you mean OPTIMIZER.lr?']],
    [
      'OPTIMIZER.learning_rate: [1, 2]',
      [
        'unknown-key at OPTIMIZER.learning_rate: there is no key OPTIMIZER.learning_rate to sweep; did you mean OPTIMIZER.lr?',
      ],
    ],
    [
      'MODEL.HEAD.nam: [ArcFace]',
      [
        'unknown-key at MODEL.HEAD.nam: there is no key MODEL.HEAD.nam to sweep; did you mean MODEL.HEAD.name?',
      ],
    ],
    [
      'MODEL.HEAD: {m: [0.1]}',
      [
        'unknown-key at MODEL.HEAD: there is no key MODEL.HEAD to sweep; MODEL.HEAD is a section, and its keys are written as MODEL.HEAD.name',
      ],
    ],
    [
      'EVAL.metric: [cosine]',
      ['sweep-key at EVAL.metric: EVAL.metric cannot be swept: the runs would not be scored alike'],
    ],
    [
      'SWEEP.runs: [1, 2]',
      ['sweep-key at SWEEP.runs: SWEEP.runs cannot be swept: a sweep does not sweep itself'],
    ],
    ['EVAL.patience: [0, 3]', []],
    ['OPTIMIZER.lr: []', ['length at []: OPTIMIZER.lr is swept over an empty list']],
    [
      'OPTIMIZER.lr: 1e-3',
      ['type at 1e-3: OPTIMIZER.lr is swept over a list of values or a range, not 0.001'],
    ],
    [
      'OPTIMIZER.lr:',
      ['type at OPTIMIZER.lr: OPTIMIZER.lr is swept over a list of values or a range, not nothing'],
    ],
    [
      'OPTIMIZER.lr: [1e-3, fast]',
      [expect.stringMatching(/^type at fast: OPTIMIZER.lr takes a number.* not 'fast' \(text\)$/)],
    ],
    ['MODEL.HEAD.k: [1, 0]', ['range at 0: MODEL.HEAD.k is a whole number, at least 1, not 0']],
    [
      'MODEL.HEAD.name: [ArcFace, Adaface]',
      [
        "value at Adaface: MODEL.HEAD.name is one of ArcFace, DynM-ArcFace, AdaCos, LiArcFace, CurricularFace or AdaFace, not 'Adaface'; did you mean AdaFace?",
      ],
    ],
    ['SEED: [1, 2, 1]', ['sweep-repeated at 1: SEED tries 1 twice; the second is left out']],
    [
      'SEED: [1, 2]\n    SEED: [3]',
      ['duplicate-key at SEED: SEED is swept twice; one list can hold all its values'],
    ],
  ])('%s', (line, expected) => expect(found(keys(line))).toEqual(expected));
});

describe('ranges', () => {
  test.each([
    ['OPTIMIZER.lr: {min: 1e-3, max: 1e-1, scale: log, steps: 5}', []],
    ['OPTIMIZER.lr:\n      min: 1e-3\n      max: 1e-1\n      steps: 5', []],
    [
      'OPTIMIZER.lr: {min: 1e-1, max: 1e-3, steps: 5}',
      [
        'sweep-range at {min: 1e-1, max: 1e-3, steps: 5}: the range of OPTIMIZER.lr ends before it begins: min 0.1, max 0.001',
      ],
    ],
    [
      'OPTIMIZER.weight_decay: {min: 0, max: 1e-3, scale: log, steps: 5}',
      [
        'sweep-range at {min: 0, max: 1e-3, scale: log, steps: 5}: a log scale begins above 0, but min of OPTIMIZER.weight_decay is 0',
      ],
    ],
    [
      'OPTIMIZER.lr: {min: 1e-3}',
      ['sweep-range at {min: 1e-3}: the range of OPTIMIZER.lr needs both min and max'],
    ],
    ['MODEL.HEAD.k: {min: 0, max: 3}', ['range at 0: MODEL.HEAD.k is a whole number, at least 1, not 0']],
    [
      'MODEL.HEAD.k: {min: 1, max: 2.5}',
      ['type at 2.5: MODEL.HEAD.k takes a whole number, at least 1, not 2.5 (a floating-point number)'],
    ],
    [
      'MODEL.HEAD.name: {min: 1, max: 2}',
      [
        'sweep-range at {min: 1, max: 2}: MODEL.HEAD.name has no range: it is one of ArcFace, DynM-ArcFace, AdaCos, LiArcFace, CurricularFace or AdaFace',
      ],
    ],
    [
      'OPTIMIZER.lr: {low: 1e-3, max: 1e-1, steps: 5}',
      ['unknown-key at low: a range has no key low; did you mean min?'],
    ],
    [
      'OPTIMIZER.lr: {values: [1e-3, 1e-1]}',
      [
        'unknown-key at values: a range has no key values; a list of values stands there by itself, as in [0.1, 0.2]',
      ],
    ],
    [
      'OPTIMIZER.lr: {min: 1e-3, max: 1e-1, scale: logarithmic, steps: 5}',
      ['value at logarithmic: scale is linear or log, not logarithmic; did you mean log?'],
    ],
    [
      'OPTIMIZER.lr: {min: 1e-3, max: 1e-1, steps: 1}',
      ['range at 1: steps is a whole number, at least 2, not 1'],
    ],
    [
      'OPTIMIZER.lr: {min: 1e-3, max: 1e-1, steps: many}',
      ["type at many: steps is a whole number, at least 2, not 'many'"],
    ],
  ])('%s', (line, expected) => expect(found(keys(line))).toEqual(expected));
});

describe('combinations', () => {
  test('one that is invalid is named at the value that all of its runs have', () => {
    const text = `MODEL: {HEAD: {name: DynM-ArcFace}}\n${keys('MODEL.HEAD.m_max: [0.1, 0.5]\n    MODEL.HEAD.m_min: [0.2, 0.3]')}`;
    expect(found(text)).toEqual([
      'sweep-invalid-run at 0.1: m_max=0.1 m_min=0.2: m_max (0.1) is below m_min (0.2): frequent classes would get the larger margin (and 1 more of the 4 runs)',
    ]);
  });

  test('one that clashes with the rest of the file is named at the swept key', () => {
    const text = `SCHEDULER: {min_lr: 1e-3}\n${keys('OPTIMIZER.lr: [1e-4, 1e-2]\n    SEED: [1, 2]')}`;
    expect(found(text)).toEqual([
      expect.stringMatching(/^sweep-doubtful-run at 1e-4: lr=1e-4 SEED=1: min_lr \(0\.001\) is above lr/),
    ]);
  });

  test('what the file says as a single run is not repeated for each run', () => {
    const text = `MODEL: {embedding_dim: 128}\n${keys('SEED: [1, 2]')}`;
    expect(found(text)).toEqual([expect.stringMatching(/^embedding-dim at 128/)]);
  });

  test('a model of another type is found', () => {
    const text = keys('MODEL.BACKBONE.model_name: [vit_so400m_patch14_siglip_384, vit_small_patch14_dinov2]');
    expect(found(text)).toEqual([expect.stringMatching(/^sweep-invalid-run at vit_small_patch14_dinov2/)]);
  });

  test('a broken file is not judged by runs', () => {
    expect(found(`MODEL: {HEAD: {k: x}}\n${keys('SEED: [1, 2]')}`)).toEqual([
      expect.stringMatching(/^type at x/),
    ]);
    const cut = found(`${keys('SEED: [1, 1]')}MODEL: "\n`);
    expect(cut.filter((problem) => problem.startsWith('sweep-'))).toEqual([
      expect.stringMatching(/^sweep-repeated/),
    ]);
  });
});

test('any text is answered', () => {
  for (const rest of [
    'keys: 5',
    'keys: [a]',
    'keys:',
    'keys: {? [a]: b}',
    'keys: {SEED: &a [*a]}',
    'runs: -1',
  ])
    expect(() => found(`SWEEP:\n  ${rest}\n`)).not.toThrow();
});
