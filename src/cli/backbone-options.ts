import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { usageError } from '../common/errors.ts';
import { PRECISIONS } from '../common/precision.ts';
import { parseDevice } from '../engine/device.ts';
import type { RunOptions } from '../run/record.ts';
import { choiceOption, integerOption } from './args.ts';
import type { Arguments, OptionSpec } from './command.ts';

export const MAX_THREADS = 256;

/** Options of every command that runs a frozen backbone; each also has `device` and `threads`, in its own words. */
export const BACKBONE_OPTIONS = {
  'backbone-weights': {
    type: 'string',
    value: 'FILE',
    help: "the backbone's weights, under their published names",
  },
  'cache-dir': {
    type: 'string',
    value: 'DIR',
    help: 'where features are stored (default: the user cache folder)',
  },
  precision: {
    type: 'string',
    value: 'PRECISION',
    help: 'how the frozen backbone computes: fp32 (default), fp16, or int8 for more speed on a CPU (docs/networks.md)',
  },
  'skip-bad-images': { type: 'boolean', help: 'leave missing and damaged images out instead of stopping' },
} as const satisfies Record<string, OptionSpec>;

/** What was given of them; undefined for the rest. */
export function readBackboneOptions(args: Arguments) {
  return {
    device: deviceOption(args),
    threads: integerOption(args, 'threads', 1, MAX_THREADS),
    precision: choiceOption(args, 'precision', PRECISIONS),
    skipBadImages: args.flag('skip-bad-images') || undefined,
    cacheDir: pathOption(args, 'cache-dir'),
    backboneWeights: fileOption(args, 'backbone-weights'),
  } satisfies { readonly [K in keyof RunOptions]?: RunOptions[K] | undefined };
}

/** Refused here already when it is none: an engine is looked for only when something has to be computed. */
function deviceOption(args: Arguments): string | undefined {
  const device = args.string('device');
  if (device !== undefined) parseDevice(device, 'probe');
  return device;
}

/** Absolute path, or undefined when the option was not given. */
function pathOption(args: Arguments, name: string): string | undefined {
  const value = args.string(name);
  return value === undefined ? undefined : resolve(value);
}

/** Absolute path of a file that is there, before anything is begun; undefined when the option was not given. */
export function fileOption(args: Arguments, name: string): string | undefined {
  const path = pathOption(args, name);
  const found = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
  if (path === undefined || found?.isFile()) return path;
  throw usageError({
    code: 'usage/no-file',
    what: found ? 'this is a folder, not a file' : 'there is no such file',
    where: `--${name} ${path}`,
    todo: 'correct the path',
  });
}

/** Without what is undefined. */
export function onlyGiven<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
