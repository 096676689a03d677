import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { announcedRun, launch } from './launch.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mdfe-launch-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const script = (code: string) => ({ program: process.execPath, args: ['-e', code], env: process.env });

describe('launch', () => {
  it('returns the run folder while the trainer goes on', async () => {
    const code = `console.log(JSON.stringify({type:'run',dir:'/r/a b'})); setTimeout(() => {}, 300)`;
    expect(await launch(script(code), dir, join(dir, 'logs'))).toEqual({ runDir: '/r/a b' });
  });
  it('returns the message of a trainer that ends without a run', async () => {
    const outcome = await launch(script(`console.error('error: c.yaml:3:5: no'); process.exit(2)`), dir, dir);
    expect(outcome).toEqual({ failed: { exitCode: 2, stderr: 'error: c.yaml:3:5: no\n' } });
  });
  it('says when the program cannot be started', async () => {
    const outcome = await launch({ program: join(dir, 'none'), args: [], env: {} }, dir, dir);
    expect(outcome).toMatchObject({ failed: { exitCode: null, stderr: expect.stringContaining('ENOENT') } });
  });
});

it('waits for the whole line', () => {
  expect(announcedRun('{"type":"run","dir":"/r"')).toBeUndefined();
  expect(announcedRun('{"type":"run","dir":"/r"}\n{"v":1')).toBe('/r');
});
