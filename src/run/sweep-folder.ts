import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { writingTo } from '../common/atomic-file.ts';
import { usageError } from '../common/errors.ts';
import { releaseLock, takeLock } from './folder-lock.ts';
import { sweepFile } from './paths.ts';
import type { RecordStamp } from './record.ts';
import { stampOfThisProcess, writeRecordFile } from './record-file.ts';
import { requireSweepRecord } from './sweep-reader.ts';
import type { SweepRecord, SweepRunRecord } from './sweep-record.ts';

export type NewSweep = Omit<SweepRecord, keyof RecordStamp>;

/** The one writer of a sweep's folder. */
export class SweepFolder {
  readonly dir: string;
  private recordNow: SweepRecord;

  private constructor(dir: string, record: SweepRecord) {
    this.dir = dir;
    this.recordNow = record;
    this.save();
  }

  /** Makes a new folder; an existing one that holds a sweep is refused. */
  static create(
    dir: string,
    record: NewSweep,
    texts: { readonly config: string; readonly resolved: string },
  ) {
    return writingTo(dir, () => {
      mkdirSync(dir, { recursive: true });
      takeLock(sweepFile(dir, 'lock'), dir);
      try {
        if (existsSync(sweepFile(dir, 'record')))
          throw usageError({
            code: 'sweep/exists',
            what: 'there is a sweep in this folder already',
            where: dir,
            todo: `choose another --name or --output-dir, or continue it with: mdfe sweep --resume ${dir}`,
          });
        writeFileSync(sweepFile(dir, 'config'), texts.config);
        writeFileSync(sweepFile(dir, 'resolved'), texts.resolved);
        return new SweepFolder(dir, { ...record, ...stampOfThisProcess() });
      } catch (error) {
        releaseLock(sweepFile(dir, 'lock'));
        throw error;
      }
    });
  }

  /** Takes over an existing folder, after its process has ended. */
  static reopen(dir: string, change: Partial<SweepRecord>): SweepFolder {
    requireSweepRecord(dir);
    return writingTo(dir, () => {
      takeLock(sweepFile(dir, 'lock'), dir);
      rmSync(sweepFile(dir, 'stop'), { force: true });
      // Read again: another process may have worked here until the lock was free.
      const record = requireSweepRecord(dir);
      return new SweepFolder(dir, { ...record, ...change, ...stampOfThisProcess(record.created) });
    });
  }

  get record(): SweepRecord {
    return this.recordNow;
  }

  update(change: Partial<SweepRecord>): void {
    this.recordNow = { ...this.recordNow, ...change, updated: new Date().toISOString() };
    writingTo(this.dir, () => this.save());
  }

  /** An error that a run had before is gone unless it is given again. @param index of the run, from 1 */
  updateRun(index: number, change: Partial<SweepRunRecord>): void {
    const changed = ({ error: _error, ...kept }: SweepRunRecord): SweepRunRecord => ({ ...kept, ...change });
    this.update({ runs: this.recordNow.runs.map((run) => (run.index === index ? changed(run) : run)) });
  }

  /** True when somebody asked the sweep to stop by putting a file `stop` into its folder. */
  get stopRequested(): boolean {
    return existsSync(sweepFile(this.dir, 'stop'));
  }

  close(): void {
    rmSync(sweepFile(this.dir, 'stop'), { force: true });
    releaseLock(sweepFile(this.dir, 'lock'));
  }

  private save(): void {
    writeRecordFile(sweepFile(this.dir, 'record'), this.recordNow);
  }
}
