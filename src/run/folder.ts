import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { writingTo } from '../common/atomic-file.ts';
import { usageError } from '../common/errors.ts';
import { EVENT_VERSION, type EventBody, type RunEvent } from './events.ts';
import { releaseLock, takeLock } from './folder-lock.ts';
import { logFile, runFile } from './paths.ts';
import { readEvents, requireRunRecord } from './reader.ts';
import type { RecordStamp, RunRecord } from './record.ts';
import { stampOfThisProcess, writeRecordFile } from './record-file.ts';

/**
 * The one writer of a run folder. Everything goes to disk in the order in which it happened; nothing is kept back,
 * so that a killed process loses at most the line that it was writing.
 */
export class RunFolder {
  readonly dir: string;
  private recordNow: RunRecord;
  private seq: number;
  private readonly events: number;
  private readonly log: number;
  private readonly listeners = new Set<(event: RunEvent) => void>();

  private constructor(dir: string, record: RunRecord, seq: number, listener?: (event: RunEvent) => void) {
    this.dir = dir;
    this.recordNow = record;
    this.seq = seq;
    if (listener) this.listeners.add(listener);
    this.events = openForAppending(runFile(dir, 'events'));
    this.log = openForAppending(logFile(dir, record.name));
  }

  /**
   * Makes a new run folder; an existing one that holds a run is refused. `run.json` comes last: what has one can be
   * resumed.
   */
  static create(
    dir: string,
    record: NewRecord,
    texts: RunTexts,
    listener?: (event: RunEvent) => void,
  ): RunFolder {
    return writingTo(dir, () => {
      mkdirSync(runFile(dir, 'checkpoints'), { recursive: true });
      takeLock(runFile(dir, 'lock'), dir);
      try {
        requireNoRun(dir);
        writeFileSync(runFile(dir, 'config'), texts.config);
        writeFileSync(runFile(dir, 'resolved'), texts.resolved);
        const folder = new RunFolder(dir, { ...record, ...stampOfThisProcess() }, 0, listener);
        folder.saveRecord();
        return folder;
      } catch (error) {
        releaseLock(runFile(dir, 'lock'));
        throw error;
      }
    });
  }

  /** Takes over an existing run folder, after its process has ended. */
  static reopen(dir: string, change: Partial<RunRecord>, listener?: (event: RunEvent) => void): RunFolder {
    requireRunRecord(dir);
    return writingTo(dir, () => {
      takeLock(runFile(dir, 'lock'), dir);
      rmSync(runFile(dir, 'stop'), { force: true });
      const last = readEvents(dir).at(-1);
      // Read again: another process may have worked here until the lock was free.
      const { error: _error, ...kept } = requireRunRecord(dir);
      const now = { ...kept, ...change, ...stampOfThisProcess(kept.created) };
      const folder = new RunFolder(dir, now, last ? last.seq + 1 : 0, listener);
      folder.saveRecord();
      return folder;
    });
  }

  get record(): RunRecord {
    return this.recordNow;
  }

  /** Numbers, dates and appends an event. */
  emit(body: EventBody): void {
    const event = { v: EVENT_VERSION, seq: this.seq++, time: Date.now(), ...body } as RunEvent;
    writingTo(this.dir, () => writeSync(this.events, `${JSON.stringify(event)}\n`));
    for (const listener of this.listeners) listener(event);
  }

  /** Every event from now on, after it is on the disk. @returns ends that */
  subscribe(listener: (event: RunEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** A line of the run's log, for people; also an event. */
  logLine(text: string): void {
    writingTo(this.dir, () => writeSync(this.log, `${new Date().toISOString()} ${text}\n`));
    this.emit({ type: 'log', text });
  }

  warn(code: string, text: string): void {
    writingTo(this.dir, () => writeSync(this.log, `${new Date().toISOString()} warning: ${text}\n`));
    this.emit({ type: 'warning', code, text });
  }

  /** Changes `run.json`, atomically. */
  update(change: Partial<RunRecord>): void {
    this.recordNow = { ...this.recordNow, ...change, updated: new Date().toISOString() };
    writingTo(this.dir, () => this.saveRecord());
  }

  /** True when somebody asked the run to stop by putting a file `stop` into its folder. */
  get stopRequested(): boolean {
    return existsSync(runFile(this.dir, 'stop'));
  }

  close(): void {
    closeSync(this.events);
    closeSync(this.log);
    rmSync(runFile(this.dir, 'stop'), { force: true });
    releaseLock(runFile(this.dir, 'lock'));
  }

  private saveRecord(): void {
    writeRecordFile(runFile(this.dir, 'record'), this.recordNow);
  }
}

/** The configuration as it was given, and merged over the defaults. */
export interface RunTexts {
  readonly config: string;
  readonly resolved: string;
}

export type NewRecord = Omit<RunRecord, keyof RecordStamp>;

/** Refuses a folder that holds a run already. */
export function requireNoRun(dir: string): void {
  if (!existsSync(runFile(dir, 'record'))) return;
  throw usageError({
    code: 'run/exists',
    what: 'there is a run in this folder already',
    where: dir,
    todo: `choose another --output-dir or --name, or continue it with: mdfe train --resume ${dir}`,
  });
}

/** Opens for appending; a line that a crash cut off is ended first, so that it does not swallow the next one. */
function openForAppending(path: string): number {
  const file = openSync(path, 'a+');
  const { size } = fstatSync(file);
  if (size > 0) {
    const last = Buffer.alloc(1);
    readSync(file, last, 0, 1, size - 1);
    if (last[0] !== 0x0a) writeSync(file, '\n');
  }
  return file;
}
