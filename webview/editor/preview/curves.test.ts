import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { HEAD_NAMES } from '../../../src/heads/head.ts';
import { experimentPreview } from '../../../src/language/preview.ts';
import { headContents, marginContents, scheduleContents } from './curves.ts';
import { countProblems } from './problems-view.ts';

const preview = (text: string) => experimentPreview(text, parseConfig(text, ''));

test('the learning rate with checkpoints and warm-up, in words too', () => {
  const { schedule } = preview('TRAIN: {epochs: 5, save_epoch: [2, 5]}\n');
  const contents = scheduleContents(schedule!);
  expect(contents.lines.map(({ label, marks }) => [label, marks])).toEqual([
    ['learning rate', undefined],
    ['checkpoint', true],
  ]);
  expect(contents.at).toEqual({ x: 1, label: 'end of the warm-up' });
  expect(contents.summary).toBe(
    'Learning rate over 5 epochs: at most 0.001905, 0.001 at the end, warm-up until epoch 1.',
  );
  expect(contents.note).toContain('Checkpoints after epochs 2, 5 (2).');
  const constant = scheduleContents(preview('SCHEDULER: {warmup: None}\n').schedule!);
  expect(constant.at).toBeUndefined();
});

describe.each(HEAD_NAMES)('%s', (name) => {
  const { head } = preview(`MODEL: {HEAD: {name: ${name}}}\n`);
  const { lines, summary } = headContents(head);

  test('no two lines look alike', () => {
    const looks = lines.map(({ color, dash }) => `${color} ${dash}`);
    expect(new Set(looks).size).toBe(lines.length);
    expect(new Set(lines.map(({ dash }) => String(dash))).size).toBe(lines.length);
    for (const { points } of lines) expect(points.at(-1)!.x).toBe(180);
    expect(summary).toContain(name);
  });
});

test('margins without and with the classes of the data', () => {
  const margins = preview('MODEL: {HEAD: {name: DynM-ArcFace}}\n').margins!;
  expect(marginContents(margins).lines).toHaveLength(1);
  const classes = [
    { x: 3, y: 5 },
    { x: 10, y: 0 },
  ];
  expect(marginContents({ ...margins, classes })).toMatchObject({
    lines: [{ label: 'margin' }, { label: 'classes', levels: true }],
    levelsTitle: 'classes',
    summary: 'Margin by the size of the class: 0.5 at 3 images, 0.2 at 100.',
  });
});

test('problems are counted by severity', () => {
  expect(countProblems([])).toBe('No problems');
  const of = (...severities: ('error' | 'warning' | 'information')[]) =>
    countProblems(severities.map((severity) => ({ severity })));
  expect(of('warning', 'error', 'warning')).toBe('1 error, 2 warnings');
  expect(of('information', 'information')).toBe('2 hints');
});
