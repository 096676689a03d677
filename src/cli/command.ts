import type { ExitCode } from '../common/errors.ts';

/** One option of the command line. */
export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  /** Name of the value in the help, e.g. `FILE`. */
  readonly value?: string;
  readonly help: string;
  readonly default?: string;
}

/** What a command gets: positionals in order, options by name. */
export interface Arguments {
  readonly positionals: readonly string[];
  string(name: string): string | undefined;
  flag(name: string): boolean;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Positionals as written in the help, e.g. `CONFIG DATA_DIR`; `[X]` is optional. */
  readonly positionals: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Wrong combinations are usage errors thrown by the command. */
  run(args: Arguments): Promise<ExitCode>;
}
