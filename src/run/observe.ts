import { hostname } from 'node:os';
import { isAlive } from '../common/process.ts';
import type { RecordStamp } from './record.ts';

/**
 * A record as it is now; undefined where there is none.
 *
 * @param read reads it from its file
 * @param goesOn whether it says that its process still works
 * @returns `killed` where it says so while that very process is gone
 */
export function observe<R extends RecordStamp>(
  read: () => R | undefined,
  goesOn: (record: R) => boolean,
): { readonly record: R; readonly killed: boolean } | undefined {
  // Another machine's process cannot be asked.
  const isOrphan = (record: R) =>
    goesOn(record) && record.host === hostname() && !isAlive({ pid: record.pid, start: record.processStart });
  const record = read();
  if (!record || !isOrphan(record)) return record && { record, killed: false };
  // The process may have written its end since the record was read; now nobody changes it any more.
  const last = read() ?? record;
  return { record: last, killed: isOrphan(last) };
}
