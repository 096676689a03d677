import { describe, expect, it } from 'vitest';
import { readProgress, runTask, TaskFailed, TaskStopped } from './task.ts';

const node = (script: string) => ({ program: process.execPath, args: ['-e', script], env: process.env });

describe('runTask', () => {
  it('returns what was printed and reports progress on the way', async () => {
    const seen: unknown[] = [];
    const script = `
      console.error(JSON.stringify({ type: 'status', text: 'half', done: 1, total: 2 }));
      console.error('a word for people');
      console.log('result');`;
    expect(await runTask(node(script), { onProgress: (line) => seen.push(line) })).toBe('result\n');
    expect(seen).toEqual([{ type: 'status', text: 'half', done: 1, total: 2 }]);
  });

  it('fails with what the command said, without its progress', async () => {
    const script = `
      console.error(JSON.stringify({ type: 'note', text: 'on the way' }));
      console.error('data: gone');
      process.exit(2);`;
    const error = await runTask(node(script)).catch((e) => e);
    expect(error).toBeInstanceOf(TaskFailed);
    expect(error).toMatchObject({ message: 'data: gone', exitCode: 2 });
  });

  it('runs in the folder that relative paths count from', async () => {
    const printed = await runTask({ ...node('console.log(process.cwd())'), cwd: '/' });
    expect(printed.trim()).toBe('/');
  });

  it('says so when a command ends without a word, or cannot be started', async () => {
    await expect(runTask(node('process.exit(3)'))).rejects.toThrow(/exit code 3 and no message/);
    await expect(runTask({ program: '/no/such/program', args: [], env: {} })).rejects.toThrow(
      /cannot be started/,
    );
  });

  it('stops on request', async () => {
    const stopping = new AbortController();
    const task = runTask(node(`console.error('{"type":"note","text":"up"}'); setInterval(() => {}, 1000)`), {
      signal: stopping.signal,
      onProgress: () => stopping.abort(),
    });
    await expect(task).rejects.toBeInstanceOf(TaskStopped);
    await expect(runTask(node(''), { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(TaskStopped);
  });
});

describe('readProgress', () => {
  it('leaves other lines alone', () => {
    expect(readProgress('stopping')).toBeUndefined();
    expect(readProgress('{"type":"step"}')).toBeUndefined();
  });
});
