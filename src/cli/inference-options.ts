import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MdfeError, usageError } from '../common/errors.ts';
import type { Config } from '../config/schema/index.ts';
import { readRunRecord } from '../run/reader.ts';
import type { RunRecord } from '../run/record.ts';
import type { InferenceOptions } from '../train/embedder.ts';
import { readResolvedConfig } from '../train/resolved-config.ts';
import { BACKBONE_OPTIONS, onlyGiven, readBackboneOptions } from './backbone-options.ts';
import type { Arguments, OptionSpec } from './command.ts';
import { JSON_PROGRESS_OPTION } from './json-progress.ts';
import { loadConfig } from './load-config.ts';

/** Options of every command that embeds images. */
export const INFERENCE_OPTIONS = {
  checkpoint: {
    type: 'string',
    value: 'FILE',
    help: 'safetensors file with the neck; of a run also: best, last (default: the best, else the last)',
  },
  device: {
    type: 'string',
    value: 'DEVICE',
    help: 'auto, cpu, cuda, cuda:N, webgpu, ... (mdfe doctor, docs/networks.md)',
  },
  threads: { type: 'string', value: 'N', help: 'threads of the CPU engines (default: all cores)' },
  ...BACKBONE_OPTIONS,
  ...JSON_PROGRESS_OPTION,
} as const satisfies Record<string, OptionSpec>;

/** What embeds: a run, or a configuration. */
export interface Target {
  readonly config: Config;
  readonly options: InferenceOptions;
  /** File with the neck; absent: the untrained one. */
  readonly checkpoint: string | undefined;
  readonly run: RunRecord | undefined;
}

/** Opens the run folder or the configuration file at `path`; the command line's options go before the run's own. */
export async function openTarget(path: string, args: Arguments): Promise<Target> {
  const run = readRunRecord(path);
  const config = run ? readResolvedConfig(path) : (await loadConfig(path)).config;
  const options = {
    device: 'auto',
    skipBadImages: false,
    ...run?.options,
    ...onlyGiven(readBackboneOptions(args)),
  };
  const asked = args.string('checkpoint');
  if (asked !== undefined && config.MODEL.NECK.neck_type === 'pooling')
    throw usageError({
      code: 'usage/pooling-checkpoint',
      what: 'the pooling neck has nothing to load',
      where: '--checkpoint',
      todo: 'leave --checkpoint out',
    });
  const checkpoint = run ? checkpointOfRun(path, run, asked) : asked && resolve(asked);
  return { config, options, checkpoint, run };
}

/** A file of the command line: relative to the current folder or, where it is not there, to the data folder. */
export function findCsv(file: string, dataDir: string): string {
  return existsSync(file) ? resolve(file) : resolve(dataDir, file);
}

function checkpointOfRun(dir: string, record: RunRecord, asked: string | undefined): string {
  const { bestCheckpoint, lastCheckpoint } = record;
  if (asked !== undefined && asked !== 'best' && asked !== 'last') {
    if (existsSync(asked)) return resolve(asked);
    throw usageError({
      code: 'checkpoint/missing',
      what: 'there is no such checkpoint',
      where: '--checkpoint',
      expected: 'a safetensors file, best or last',
      got: asked,
    });
  }
  const file =
    asked === 'best'
      ? bestCheckpoint
      : asked === 'last'
        ? lastCheckpoint
        : (bestCheckpoint ?? lastCheckpoint);
  if (file !== undefined) return resolve(join(dir, file));
  throw new MdfeError({
    code: 'run/no-checkpoint',
    what: asked === 'best' ? 'this run has no best checkpoint' : 'this run has no checkpoint yet',
    where: dir,
    todo:
      asked === 'best'
        ? 'a best one is kept when EVAL holds images out; take --checkpoint last'
        : 'wait for its first checkpoint, or give --checkpoint FILE',
  });
}
