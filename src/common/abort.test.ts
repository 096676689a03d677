import { describe, expect, it } from 'vitest';
import { unlessAborted } from './abort.ts';

describe('unlessAborted', () => {
  it('gives what the promise gives', async () => {
    const { signal } = new AbortController();
    expect(await unlessAborted(Promise.resolve(1), signal)).toBe(1);
    await expect(unlessAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
  });

  it('ends with the reason when aborted before or meanwhile', async () => {
    const never = new Promise<number>(() => {});
    await expect(unlessAborted(never, AbortSignal.abort('gone'))).rejects.toBe('gone');
    const controller = new AbortController();
    const waiting = unlessAborted(never, controller.signal);
    controller.abort('stop');
    await expect(waiting).rejects.toBe('stop');
  });
});
