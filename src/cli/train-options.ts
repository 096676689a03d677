import { usageError } from '../common/errors.ts';
import type { Config } from '../config/schema/index.ts';
import { isFolderName } from '../run/paths.ts';
import type { RunOptions } from '../run/record.ts';
import { choiceOption, integerOption } from './args.ts';
import { BACKBONE_OPTIONS, fileOption, onlyGiven, readBackboneOptions } from './backbone-options.ts';
import type { Arguments, OptionSpec } from './command.ts';

/** Options of every command that trains. */
export const TRAIN_OPTIONS = {
  device: {
    type: 'string',
    value: 'DEVICE',
    help: 'auto, cpu, cuda, cuda:N, webgpu, wasm, ... (mdfe doctor, docs/networks.md)',
  },
  threads: {
    type: 'string',
    value: 'N',
    help: 'threads of the CPU engines (default: all cores, at most 16)',
  },
  'init-from': { type: 'string', value: 'FILE', help: 'start from neck and head in this safetensors file' },
  ...BACKBONE_OPTIONS,
  'from-scratch': {
    type: 'boolean',
    help: 'fine-tuning: the backbone starts from random weights instead of published ones',
  },
  'no-shuffle': { type: 'boolean', help: 'train in the order of the annotation files' },
  views: {
    type: 'string',
    value: 'V',
    help: 'stored views per image for random transforms (default: one per epoch)',
  },
  'micro-batch': {
    type: 'string',
    value: 'N',
    help: 'fine-tuning: images that go through the backbone together (default: as many as fit, 8 on a CPU)',
  },
  'feature-dtype': {
    type: 'string',
    value: 'TYPE',
    help: 'how features are stored: float32 (default), or float16 for half the space',
  },
} as const satisfies Record<string, OptionSpec>;

export const DEFAULT_RUN_OPTIONS = {
  device: 'auto',
  shuffle: true,
  views: 0,
  skipBadImages: false,
} as const satisfies RunOptions;

/** The options that were given, and only those. */
export function givenOptions(args: Arguments): Partial<RunOptions> {
  return onlyGiven({
    ...readBackboneOptions(args),
    views: integerOption(args, 'views', 1, 10_000),
    microBatch: integerOption(args, 'micro-batch', 1, 65_536),
    fromScratch: args.flag('from-scratch') || undefined,
    shuffle: args.flag('no-shuffle') ? false : undefined,
    featureDtype: choiceOption(args, 'feature-dtype', ['float32', 'float16'] as const),
    initFrom: fileOption(args, 'init-from'),
  });
}

/** The name of a run or sweep, which its folder gets below the output folder; undefined when none was given. */
export function nameOption(args: Arguments): string | undefined {
  const name = args.string('name');
  if (name === undefined || isFolderName(name)) return name;
  throw usageError({
    code: 'usage/name',
    what: 'this is no name for a folder',
    where: '--name',
    expected: 'a name without / and \\; --output-dir says where its folder goes',
    got: name,
  });
}

/** Refuses options that fit none of the runs, and those that contradict each other. */
export function checkStart(args: Arguments, configs: readonly Config[]): void {
  if (configs.every((config) => config.MODEL.BACKBONE.freeze_backbone)) refuseFineTuningOptions(args);
  if (args.flag('from-scratch') && args.string('backbone-weights') !== undefined)
    throw usageError({
      code: 'usage/two-starts',
      what: '--from-scratch and --backbone-weights contradict each other',
      todo: 'leave one of them out',
    });
}

/** Refuses what would change the losses of something that goes on. */
export function refuseOnResume(args: Arguments, what: 'run' | 'sweep'): void {
  const fixed = ['no-shuffle', 'views', 'init-from', 'from-scratch', 'name', 'output-dir'] as const;
  for (const name of fixed)
    if (args.string(name) !== undefined || args.flag(name))
      throw usageError({
        code: 'usage/resume',
        what: `--${name} cannot be changed when a ${what} goes on: its losses would differ`,
        todo: `start a new ${what} instead`,
      });
}

function refuseFineTuningOptions(args: Arguments): void {
  for (const name of ['micro-batch', 'from-scratch'] as const)
    if (args.string(name) !== undefined || args.flag(name))
      throw usageError({
        code: 'usage/fine-tuning-only',
        what: `--${name} concerns fine-tuning, but this configuration freezes the backbone`,
        where: `--${name}`,
        todo: 'leave it out, or set MODEL.BACKBONE.freeze_backbone to False',
      });
}
