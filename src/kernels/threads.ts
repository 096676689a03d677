import { availableParallelism } from 'node:os';
import { usageError } from '../common/errors.ts';

/** More threads than this gain nothing: the barriers and the sum over their parts grow with them. */
const MOST_BY_DEFAULT = 16;
const MOST = 256;

/**
 * Threads that the kernels run on: what was asked for (`--threads`), else the cores that this process may use, at
 * most 16.
 */
export function kernelThreads(asked?: number): number {
  if (asked === undefined) return Math.min(availableParallelism(), MOST_BY_DEFAULT);
  if (Number.isInteger(asked) && asked >= 1 && asked <= MOST) return asked;
  throw usageError({
    code: 'kernels/bad-threads',
    what: 'the number of threads is not usable',
    where: '--threads',
    expected: `an integer from 1 to ${MOST}`,
    got: `${asked}`,
  });
}
