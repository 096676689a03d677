import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { isSystemError, type MdfeError, usageError } from '../common/errors.ts';
import { EVENT_VERSION, type RunEvent } from './events.ts';
import { observe } from './observe.ts';
import { isFolderName, runFile } from './paths.ts';
import type { ObservedStatus, RunRecord } from './record.ts';
import { readRecordFile } from './record-file.ts';

const CHUNK = 1 << 18; // bytes read at once: 4 ms to parse

/**
 * Reads `events.jsonl` from where it stopped the last time. Lines that a crash cut off are skipped and counted;
 * the last line is kept until its newline comes.
 */
export class RunEventReader {
  /** Lines that were no event. */
  skipped = 0;
  private offset = 0;
  private decoder = new StringDecoder('utf8');
  private partial = '';
  private readonly path: string;

  constructor(dir: string) {
    this.path = runFile(dir, 'events');
  }

  /** Events written since the last call, at most about `maxBytes` of them; [] when there is nothing new. */
  read(maxBytes = Number.POSITIVE_INFINITY): RunEvent[] {
    let file: number;
    try {
      file = openSync(this.path, 'r');
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return [];
      throw error;
    }
    const events: RunEvent[] = [];
    try {
      const buffer = Buffer.allocUnsafe(CHUNK);
      for (let taken = 0; taken < maxBytes; ) {
        const n = readSync(file, buffer, 0, CHUNK, this.offset);
        if (n === 0) break;
        this.offset += n;
        taken += n;
        const lines = (this.partial + this.decoder.write(buffer.subarray(0, n))).split('\n');
        this.partial = lines.pop()!;
        for (const line of lines) {
          const event = parseEvent(line);
          if (event) events.push(event);
          else if (line.trim() !== '') this.skipped++;
        }
      }
    } finally {
      closeSync(file);
    }
    return events;
  }
}

/** All events of a run. */
export function readEvents(dir: string): RunEvent[] {
  return new RunEventReader(dir).read();
}

function parseEvent(line: string): RunEvent | undefined {
  try {
    const value = JSON.parse(line) as Partial<RunEvent> | null;
    if (value && value.v === EVENT_VERSION && typeof value.seq === 'number' && typeof value.type === 'string')
      return value as RunEvent;
  } catch {
    // A crash while writing leaves half a line: the caller counts it.
  }
  return undefined;
}

/** `run.json`; undefined when the folder is no run, an error when the file is damaged. */
export function readRunRecord(dir: string): RunRecord | undefined {
  return readRecordFile<RunRecord>(
    runFile(dir, 'record'),
    ({ name, pid, sweep }) =>
      isFolderName(name) && typeof pid === 'number' && (sweep === undefined || isFolderName(sweep.name)),
    {
      code: 'run/damaged-record',
      what: 'this is not a run record that this version can read',
      todo: 'restore the file, or train again into another folder',
    },
  );
}

/** The same, where a run must be. */
export function requireRunRecord(dir: string): RunRecord {
  const record = readRunRecord(dir);
  if (record) return record;
  throw noRun(dir);
}

function noRun(dir: string): MdfeError {
  return usageError({
    code: 'run/none',
    what: 'there is no run in this folder',
    where: dir,
    expected: 'run.json',
    todo: 'name the folder that mdfe train printed; mdfe runs RESULTS_DIR lists all',
  });
}

const OPEN_STATES: ReadonlySet<string> = new Set(['starting', 'features', 'training', 'stopping']);

/** A run as it is now. */
export interface ObservedRun {
  readonly record: RunRecord;
  readonly status: ObservedStatus;
}

/** Undefined when the folder is no run. A record that says "training" while its process is gone means `killed`. */
export function observeRun(dir: string): ObservedRun | undefined {
  const found = observe(
    () => readRunRecord(dir),
    ({ status }) => isRunning(status),
  );
  return found && { record: found.record, status: found.killed ? 'killed' : found.record.status };
}

/** The same, where a run must be. */
export function requireRun(dir: string): ObservedRun {
  const run = observeRun(dir);
  if (run) return run;
  throw noRun(dir);
}

export function isRunning(status: ObservedStatus): boolean {
  return OPEN_STATES.has(status);
}
