import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { HostToEditor } from '../../language/experiment-editor-messages.ts';
import { type FigureParts, LiveFigures } from './live-figures.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function start() {
  const document = { version: 1, isClosed: false };
  const page = { isShown: true };
  const posted: HostToEditor[] = [];
  const failures: unknown[] = [];
  const about = vi.fn(
    (_document: unknown, method: string): Promise<unknown> =>
      new Promise((resolve) => setTimeout(() => resolve(method), 50)),
  );
  const figures = new LiveFigures({
    document,
    client: { about },
    isShown: () => page.isShown,
    post: (message: HostToEditor) => posted.push(message),
    failed: (error: unknown) => failures.push(error),
  } as unknown as FigureParts);
  return { document, page, posted, failures, about, figures };
}

test('problems and preview come once after a burst of changes', async () => {
  const { document, posted, about, figures } = start();
  for (let i = 0; i < 5; i++) {
    document.version++;
    figures.schedule();
    await vi.advanceTimersByTimeAsync(40);
  }
  await vi.advanceTimersByTimeAsync(500);
  expect(about).toHaveBeenCalledTimes(2);
  expect(posted).toEqual([
    { type: 'diagnostics', revision: 6, problems: 'diagnostics' },
    { type: 'preview', revision: 6, preview: 'preview' },
  ]);
});

test('what is out of date when it comes is not sent', async () => {
  const { document, posted, figures } = start();
  figures.schedule(0);
  await vi.advanceTimersByTimeAsync(10);
  document.version++;
  await vi.advanceTimersByTimeAsync(500);
  expect(posted).toEqual([]);
});

test('nothing is asked for a page that is gone; failures are told', async () => {
  const { page, about, failures, figures } = start();
  page.isShown = false;
  figures.schedule(0);
  await vi.advanceTimersByTimeAsync(10);
  expect(about).not.toHaveBeenCalled();
  page.isShown = true;
  about.mockRejectedValue(new Error('the worker ended'));
  figures.schedule(0);
  await vi.advanceTimersByTimeAsync(10);
  expect(failures).toEqual([new Error('the worker ended')]);
});
