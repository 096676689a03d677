import { expect, test } from 'vitest';
import { parseArguments } from './args.ts';
import { sweep } from './commands/sweep.ts';
import { train } from './commands/train.ts';
import { nameOption } from './train-options.ts';

test.each([train, sweep])('$name takes the name of a folder, not a path', (command) => {
  const name = (text: string) => nameOption(parseArguments(command, ['c.yaml', 'data', '--name', text]));
  expect(name('m1_lr=2e-2 v.2')).toBe('m1_lr=2e-2 v.2');
  for (const path of ['a/b', '..', '.', '../../x', 'a\\b', ''])
    expect(() => name(path), path).toThrow(/no name for a folder[\s\S]*--output-dir/);
});
