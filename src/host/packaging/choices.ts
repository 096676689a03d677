import { basename, join } from 'node:path';
import type { CheckpointEvent } from '../../run/events.ts';
import type { RunRecord } from '../../run/record.ts';
import type { Settings } from '../settings.ts';

/** A checkpoint to package. */
export interface CheckpointChoice {
  readonly label: string;
  readonly description: string;
  /** Value of `--epoch`. */
  readonly epoch: string;
}

/**
 * The checkpoints of a run that `mdfe package` can be asked for, the one that it would take by itself first.
 * @param exists whether a file, relative to the run folder, is still there
 */
export function checkpointChoices(
  { bestCheckpoint, lastCheckpoint }: Pick<RunRecord, 'bestCheckpoint' | 'lastCheckpoint'>,
  checkpoints: readonly Pick<CheckpointEvent, 'file' | 'epoch' | 'reason'>[],
  exists: (file: string) => boolean,
): CheckpointChoice[] {
  const choices: CheckpointChoice[] = [];
  const named = (label: string, epoch: string, file: string | undefined) => {
    if (file === undefined || !exists(file)) return;
    const of = checkpoints.findLast((c) => c.file === file)?.epoch;
    choices.push({ label, epoch, description: of === undefined ? basename(file) : `epoch ${of}` });
  };
  named('Best', 'best', bestCheckpoint);
  named('Last', 'last', lastCheckpoint);
  const epochs = checkpoints.filter((c) => c.reason !== 'best' && exists(c.file)).map((c) => c.epoch);
  for (const epoch of [...new Set(epochs)].sort((a, b) => b - a))
    choices.push({ label: `Epoch ${epoch}`, epoch: String(epoch), description: '' });
  // Of a run that saved once, both say the same.
  return choices.length === 2 && choices[0]?.epoch === 'last' ? choices.slice(0, 1) : choices;
}

export interface FormatChoice {
  readonly label: string;
  readonly detail: string;
  readonly options: readonly string[];
}

export const FORMATS: readonly FormatChoice[] = [
  {
    label: 'PyTorch',
    detail: 'TorchScript in float32, with the archive and the notebook for Kaggle',
    options: [],
  },
  {
    label: 'PyTorch, half the size',
    detail: 'weights in float16; computes in float32 all the same',
    options: ['--half'],
  },
  {
    label: 'ONNX',
    detail: 'one file for ONNX Runtime, float32; at most 2 GB',
    options: ['--format', 'onnx'],
  },
  {
    label: 'ONNX, half the size',
    detail: 'weights in float16; computes in float32 all the same',
    options: ['--format', 'onnx', '--half'],
  },
];

const REPORTING = ['--json', '--json-progress'] as const;

export function packageArguments(
  runDir: string,
  { epoch }: Pick<CheckpointChoice, 'epoch'>,
  { options }: Pick<FormatChoice, 'options'>,
): string[] {
  return ['package', runDir, '--epoch', epoch, ...options, ...REPORTING];
}

/** The upload is asked for by hand, so that nothing is shared without a question. */
export function zeroShotArguments(
  configFile: string,
  { outputDir, backboneWeights }: Pick<Settings, 'outputDir' | 'backboneWeights'>,
  { options }: Pick<FormatChoice, 'options'>,
): string[] {
  const weights = backboneWeights === undefined ? [] : ['--backbone-weights', backboneWeights];
  const output = ['--output', zeroShotFolder(outputDir)];
  return ['zero-shot', configFile, ...output, '--no-upload', ...options, ...weights, ...REPORTING];
}

/** Where zero-shot models go, as on the command line. */
export const zeroShotFolder = (outputDir: string): string => join(outputDir, 'zero_shot_models');
