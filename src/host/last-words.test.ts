import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lastWords, reason } from './last-words.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mdfe-words-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const wrote = (name: string, runDir: string, said: string) => {
  writeFileSync(
    join(dir, `${name}.out`),
    `{"type":"status","text":"looks"}\n{"type":"run","dir":"${runDir}"}\n`,
  );
  writeFileSync(join(dir, `${name}.err`), said);
};

describe('last words', () => {
  it('are those of the newest start of that run', async () => {
    wrote('1', '/r/a', 'error: /r/a: stopped\n');
    wrote('2', '/r/a', 'could not be recorded\nerror: /r/a: the disk is full\n  to do:    free space\n');
    wrote('3', '/r/b', 'error: another one\n');
    expect(await lastWords(dir, '/r/a')).toBe('/r/a: the disk is full\n  to do:    free space');
  });
  it('are missing for a run of another place, and where nothing was started', async () => {
    expect(await lastWords(dir, '/r/a')).toBeUndefined();
    expect(await lastWords(join(dir, 'none'), '/r/a')).toBeUndefined();
  });
});

it('finds the error of the runtime', () => {
  const said = '\n<--- Last few GCs --->\nFATAL ERROR: Reached heap limit Allocation failed\n 1: 0xb\n';
  expect(reason(said)).toBe('FATAL ERROR: Reached heap limit Allocation failed');
  expect(reason('stopping after this step\n')).toBeUndefined();
});
