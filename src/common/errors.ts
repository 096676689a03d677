/**
 * Errors that a user can act on. Every one says what went wrong, where, what was expected, what was got and
 * what to do. Anything else that is thrown is a bug of ours and is shown with the prefix `internal:`.
 */
export interface MdfeErrorDetails {
  /** Stable identifier, e.g. `data/missing-column`. */
  readonly code: string;
  /** One sentence: what went wrong. */
  readonly what: string;
  /** File, `file:line:column`, flag or key it concerns. */
  readonly where?: string | undefined;
  readonly expected?: string | undefined;
  readonly got?: string | undefined;
  /** What the user can do about it. */
  readonly todo?: string | undefined;
  readonly cause?: unknown;
}

/**
 * Exit codes of the command line. `usage`: the same command can never succeed, it or its configuration has to be
 * changed. `failed`: the reason lies elsewhere, in data, weights, a device, the disk or another process.
 */
export const ExitCode = { done: 0, failed: 1, usage: 2, stopped: 130 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export class MdfeError extends Error {
  readonly details: MdfeErrorDetails;
  readonly exitCode: ExitCode;

  constructor(details: MdfeErrorDetails, exitCode: ExitCode = ExitCode.failed) {
    super(formatDetails(details), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'MdfeError';
    this.details = details;
    this.exitCode = exitCode;
  }

  get code(): string {
    return this.details.code;
  }
}

/** The command line or the configuration has to be changed: exit code 2. */
export function usageError(details: MdfeErrorDetails): MdfeError {
  return new MdfeError(details, ExitCode.usage);
}

/** A broken invariant of ours, never the user's fault. */
export function internalError(message: string): Error {
  return new Error(`internal: ${message}`);
}

/** Makes the type checker prove that a union was handled completely. */
export function assertNever(value: never): never {
  throw internalError(`unexpected value ${JSON.stringify(value)}`);
}

/** What a library says about itself is often followed by pages. */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!.trim();
}

/** Text for a person; unknown errors keep their stack because they are ours to fix. */
export function describeError(error: unknown): string {
  const known = knownError(error);
  if (known) return known.message;
  if (error instanceof Error) {
    const stack = error.stack ?? error.message;
    return stack.includes('internal:') ? stack : `internal: ${stack}`;
  }
  return `internal: ${String(error)}`;
}

/** The code of one of our errors, or of a file that the system refused; `internal` for anything else. */
export function errorCode(error: unknown): string {
  return knownError(error)?.code ?? 'internal';
}

/** An error as one that a user can act on; undefined where it is a bug of ours. */
export function knownError(error: unknown): MdfeError | undefined {
  return error instanceof MdfeError ? error : fileError(error);
}

/** Why the system refused a file, and what helps, by its code. */
const FILE_PROBLEMS: Readonly<Record<string, readonly [what: string, todo: string]>> = {
  EACCES: ['the permission for this file or folder is missing', 'change its permissions, or use another'],
  EBUSY: ['another program uses this file', 'close that program and try again'],
  EDQUOT: ['the disk quota is used up', 'delete what is not needed and try again'],
  EEXIST: ['something of this name is there already', 'use another name, or remove it'],
  EIO: ['the disk failed', 'check the disk, or use a copy of this file elsewhere'],
  EISDIR: ['this is a folder, not a file', 'name a file'],
  ELOOP: ['this symbolic link leads to itself', 'correct the link'],
  EMFILE: ['too many files are open', 'raise the limit, e.g. ulimit -n 4096'],
  ENAMETOOLONG: ['this path is too long', 'use a shorter one'],
  ENOENT: ['there is no such file or folder', 'check the path'],
  ENOSPC: ['the disk is full', 'free space on this volume and try again'],
  ENOTDIR: ['a part of this path is a file, not a folder', 'check the path'],
  EPERM: ['the system does not allow this', 'change the permissions, or use another place'],
  EROFS: ['this file system is read-only', 'use another place'],
};

function fileError(error: unknown): MdfeError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  const problem = code === undefined ? undefined : FILE_PROBLEMS[code];
  if (!problem || path === undefined || syscall?.startsWith('spawn')) return undefined;
  const [what, todo] = problem;
  return new MdfeError({
    code: `file/${code}`,
    what,
    where: path,
    got: `${code} (${syscall})`,
    todo,
    cause: error,
  });
}

/** True for a Node system error with that code (`ENOENT`, `ENOSPC`, ...). */
export function isSystemError(error: unknown, code: string): error is NodeJS.ErrnoException {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}

function formatDetails(d: MdfeErrorDetails): string {
  const lines = [d.where ? `${d.where}: ${d.what}` : d.what];
  if (d.expected !== undefined) lines.push(`  expected: ${d.expected}`);
  if (d.got !== undefined) lines.push(`  got:      ${d.got}`);
  if (d.todo !== undefined) lines.push(`  to do:    ${d.todo}`);
  return lines.join('\n');
}
