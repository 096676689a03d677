import { appendFileSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { announcement, launch } from './launch.ts';
import { LineReader } from './line-reader.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mdfe-launch-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const script = (code: string) => ({ program: process.execPath, args: ['-e', code], env: process.env });

describe('launch', () => {
  it('returns the run folder while the trainer goes on', async () => {
    const code = `console.log(JSON.stringify({type:'run',dir:'/r/a b'})); setTimeout(() => {}, 300)`;
    expect(await launch(script(code), join(dir, 'logs'))).toEqual({ runDir: '/r/a b' });
  });
  it('returns the message of a trainer that ends without a run', async () => {
    const outcome = await launch(script(`console.error('error: c.yaml:3:5: no'); process.exit(2)`), dir);
    expect(outcome).toEqual({ failed: { exitCode: 2, stderr: 'error: c.yaml:3:5: no\n' } });
  });
  it('starts it in the folder that relative paths count from', async () => {
    const code = `console.log(JSON.stringify({type:'run',dir:process.cwd()}))`;
    const outcome = await launch({ ...script(code), cwd: dir }, join(dir, 'logs'));
    expect(outcome).toEqual({ runDir: realpathSync(dir) });
  });
  it('says when the program cannot be started', async () => {
    const outcome = await launch({ program: join(dir, 'none'), args: [], env: {} }, dir);
    expect(outcome).toMatchObject({ failed: { exitCode: null, stderr: expect.stringContaining('ENOENT') } });
  });
});

describe('before there is a run', () => {
  const status = `console.log(JSON.stringify({type:'status',text:'downloading'}));`;

  it('passes on what the trainer says', async () => {
    const said: string[] = [];
    const code = `${status} setTimeout(() => console.log(JSON.stringify({type:'run',dir:'/r'})), 200)`;
    const outcome = await launch(script(code), dir, { onStatus: (text) => said.push(text) });
    expect([outcome, said]).toEqual([{ runDir: '/r' }, ['downloading']]);
  });
  it('can be ended', async () => {
    const controller = new AbortController();
    const outcome = await launch(script(`${status} setInterval(() => {}, 1000)`), dir, {
      onStatus: () => controller.abort(),
      signal: controller.signal,
    });
    expect(outcome).toMatchObject({ failed: { exitCode: null } });
  });
});

it('reads announcements, not events', () => {
  expect(announcement('{"type":"run","dir":"/r"}')).toEqual({ type: 'run', dir: '/r' });
  expect(announcement('{"v":1,"seq":0,"type":"log"}')).toBeUndefined();
  expect(announcement('warning')).toBeUndefined();
});

it('waits for the whole line', async () => {
  const path = join(dir, 'out');
  const reader = new LineReader(path);
  writeFileSync(path, 'one\ntw');
  expect(await reader.newLines()).toEqual(['one']);
  appendFileSync(path, 'o\n');
  expect(await reader.newLines()).toEqual(['two']);
  expect(await reader.newLines()).toEqual([]);
});
