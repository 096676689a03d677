import { describeError, errorCode, firstLine, MdfeError } from '../common/errors.ts';
import type { Config } from '../config/schema/index.ts';
import type { RunFolder } from '../run/folder.ts';
import { foldEvents, type RunHistory } from '../run/history.ts';
import { readEvents } from '../run/reader.ts';
import { CloudUpload } from './cloud-upload.ts';
import type { LoopResult } from './loop.ts';

export interface TrainResult extends LoopResult {
  readonly dir: string;
  readonly history: RunHistory;
}

/** Runs `action` with the folder's life around it: stop requests, uploads, outcome, charts, closing. */
export async function inFolder(
  folder: RunFolder,
  config: Config,
  stop: AbortSignal,
  action: (signal: AbortSignal) => Promise<LoopResult>,
): Promise<TrainResult> {
  const started = performance.now();
  const stopping = watchStopFile(folder, stop);
  let uploads: CloudUpload | undefined;
  try {
    uploads = await CloudUpload.start(folder, config);
    const result = await action(stopping.signal);
    uploads?.close();
    uploads = undefined;
    const history = foldEvents(readEvents(folder.dir));
    if (history.step > 0) {
      const { drawCharts } = await import('./charts.ts'); // a package that only the end of a run needs
      await drawCharts(folder.dir, history);
    }
    const lastLoss = history.loss.at(-1);
    const seconds = (performance.now() - started) / 1000;
    // The status last: whoever reads it finds all events.
    folder.emit({ type: 'end', status: result.status, step: result.step, seconds });
    folder.update({ status: result.status, step: result.step, ...(lastLoss !== undefined && { lastLoss }) });
    return { ...result, dir: folder.dir, history };
  } catch (failure) {
    const error = adviseResume(failure, folder.dir);
    recordFailure(folder, error, uploads);
    throw error;
  } finally {
    stopping.dispose();
    folder.close();
  }
}

/** The same command again would find its folder taken, or begin from the start in another. */
function adviseResume(error: unknown, dir: string): unknown {
  if (!(error instanceof MdfeError) || error.code !== 'disk/full') return error;
  const todo = `free space on this volume, then go on with: mdfe train --resume ${dir}`;
  return new MdfeError({ ...error.details, todo }, error.exitCode);
}

function recordFailure(folder: RunFolder, error: unknown, uploads: CloudUpload | undefined): void {
  const code = errorCode(error);
  const text = describeError(error);
  try {
    uploads?.close();
    folder.emit({ type: 'error', code, text });
    folder.update({ status: 'failed', error: { code, text } });
  } catch (second) {
    // A full disk fails here too; the first error is the one that the user needs, and it is thrown on.
    console.error(`the failure could not be recorded in the run folder: ${firstLine(second)}`);
  }
}

const STOP_POLL_MS = 300;

function watchStopFile(
  folder: RunFolder,
  signal: AbortSignal,
): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const abort = () => {
    if (controller.signal.aborted) return;
    folder.update({ status: 'stopping' });
    controller.abort();
  };
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort);
  const timer = setInterval(() => folder.stopRequested && abort(), STOP_POLL_MS);
  return {
    signal: controller.signal,
    dispose: () => {
      clearInterval(timer);
      signal.removeEventListener('abort', abort);
    },
  };
}
