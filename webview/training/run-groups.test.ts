import { describe, expect, it } from 'vitest';
import type { RunSummary } from '../../src/run/messages.ts';
import { groupRuns, groupWords } from './run-groups.ts';

const run = (name: string, more: Partial<RunSummary> = {}): RunSummary => ({
  runId: `/r/${name}`,
  name,
  status: 'done',
  created: '',
  ...more,
});
const member = (index: number, more: Partial<RunSummary> = {}) =>
  run(`s_${index}`, { sweep: { name: 's', index, label: `lr=${index}` }, ...more });

describe('groupRuns', () => {
  it('leaves runs by themselves as they are', () => {
    const runs = [run('b'), run('a')];
    expect(groupRuns(runs)).toEqual([{ run: runs[0] }, { run: runs[1] }]);
  });
  it('puts a sweep where its newest run stands, its runs in the order of training', () => {
    const [b, s3, a, s1] = [run('b'), member(3), run('a'), member(1)];
    expect(groupRuns([b, s3, a, s1])).toEqual([{ run: b }, { sweep: 's', runs: [s1, s3] }, { run: a }]);
  });
});

it('says what is going on in a sweep', () => {
  expect(groupWords([member(1)])).toBe('1 run');
  const states = [{ status: 'training' }, { status: 'failed' }, { status: 'killed' }] as const;
  expect(groupWords(states.map((s, i) => member(i, s)))).toBe('3 runs, 1 training, 2 failed');
});
