import { join } from 'node:path';

/** Names inside a run folder; see docs/run-folder.md. */
export const runFiles = {
  config: 'config.yaml',
  resolved: 'resolved.yaml',
  record: 'run.json',
  events: 'events.jsonl',
  lock: 'run.lock',
  stop: 'stop',
  checkpoints: 'checkpoints',
  lossChart: 'train_loss.png',
  rateChart: 'lrs_scheduling.png',
} as const;

export function runFile(dir: string, file: keyof typeof runFiles): string {
  return join(dir, runFiles[file]);
}

export function logFile(dir: string, name: string): string {
  return join(dir, `logs_${name}.txt`);
}

/** Whether a name is that of one folder: names come from the command line and from records, and become paths. */
export function isFolderName(name: unknown): name is string {
  return typeof name === 'string' && /^(?!\.{0,2}$)[^/\\]+$/.test(name);
}

/** Names inside the folder of a sweep; its runs lie beside it. */
const sweepFiles = {
  config: runFiles.config,
  resolved: runFiles.resolved,
  stop: runFiles.stop,
  record: 'sweep.json',
  lock: 'sweep.lock',
} as const;

export function sweepFile(dir: string, file: keyof typeof sweepFiles): string {
  return join(dir, sweepFiles[file]);
}
