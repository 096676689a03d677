import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { MdfeError, usageError } from '../common/errors.ts';
import type { Config } from '../config/schema/index.ts';
import { openSafetensors, type TensorFile } from '../formats/safetensors.ts';
import { sameShape, shapeText } from '../graph/shape.ts';
import { foldEvents } from '../run/history.ts';
import { runFile } from '../run/paths.ts';
import { readEvents, requireRunRecord } from '../run/reader.ts';
import { savedName } from '../train/finetune/saved-name.ts';
import { type BackboneHooks, type OpenedBackbone, openBackbone } from '../train/open-backbone.ts';
import { readResolvedConfig } from '../train/resolved-config.ts';
import { inferenceGraph, isNeckWeight } from './inference-graph.ts';
import type { InferenceModel } from './model-file.ts';
import { PackedWeights, type StoredType } from './weights.ts';

/**
 * Which checkpoint of a run: that of an epoch, of the best evaluation, the newest, or a file relative to the run
 * folder; else the best, or the newest.
 */
export type CheckpointChoice = number | 'best' | 'last' | { readonly file: string } | undefined;

/** The part of a checkpoint's name that tells checkpoints of one run apart, e.g. `epoch10`. */
export function checkpointLabel(file: string, runName: string): string {
  const name = basename(file, '.safetensors');
  return name.startsWith(`${runName}_`) ? name.slice(runName.length + 1) : name;
}

export interface RunModel {
  readonly model: InferenceModel;
  /** The checkpoint's name. */
  readonly name: string;
  /** {@link checkpointLabel} */
  readonly label: string;
  readonly config: Config;
  readonly configText: string;
}

export interface OpenRun {
  readonly config: Config;
  readonly checkpoint: TensorFile;
  /** The network, with the weights that training started from. */
  readonly backbone: OpenedBackbone;
  /** The checkpoint's name. */
  readonly name: string;
  /** {@link checkpointLabel} */
  readonly label: string;
}

export interface OpenRunOptions {
  readonly backboneWeights?: string | undefined;
  readonly hooks?: BackboneHooks | undefined;
}

/** A run's configuration, backbone and checkpoint. */
export async function openRun(
  dir: string,
  choice: CheckpointChoice,
  options: OpenRunOptions = {},
): Promise<OpenRun> {
  const record = requireRunRecord(dir);
  const config = readResolvedConfig(dir);
  const path = join(dir, chooseCheckpoint(dir, choice));
  const checkpoint = await openSafetensors(path);
  const backboneWeights = options.backboneWeights ?? record.options.backboneWeights;
  const backbone = await openBackbone(
    config,
    { ...record.options, ...(backboneWeights === undefined ? {} : { backboneWeights }) },
    options.hooks,
  );
  const name = basename(path, '.safetensors');
  return { config, checkpoint, backbone, name, label: checkpointLabel(path, record.name) };
}

/** The inference model of a run: its backbone with the neck of a checkpoint. */
export async function modelOfRun(
  dir: string,
  choice: CheckpointChoice,
  dtype: StoredType,
  options: OpenRunOptions = {},
): Promise<RunModel> {
  const { config, checkpoint, backbone, name, label } = await openRun(dir, choice, options);
  const { graph, weights, mean, std, imageSize } = backbone;
  const inference = inferenceGraph(graph, config.MODEL.NECK.neck_type, config.MODEL.embedding_dim);
  checkCheckpoint(inference, checkpoint, config);
  return {
    model: {
      graph: inference,
      weights: new PackedWeights(weights.tensors, checkpoint.tensors, dtype, options.hooks?.signal),
      preprocessing: { imageSize, mean, std },
    },
    name,
    label,
    config,
    configText: readFileSync(runFile(dir, 'config'), 'utf8'),
  };
}

/** Relative to the run folder. */
function chooseCheckpoint(dir: string, choice: CheckpointChoice): string {
  const { bestCheckpoint, lastCheckpoint } = requireRunRecord(dir);
  if (typeof choice === 'number') return checkpointOfEpoch(dir, choice);
  const file =
    typeof choice === 'object'
      ? choice.file
      : choice === 'best'
        ? bestCheckpoint
        : choice === 'last'
          ? lastCheckpoint
          : (bestCheckpoint ?? lastCheckpoint);
  if (file !== undefined && existsSync(join(dir, file))) return file;
  if (file !== undefined)
    throw new MdfeError({
      code: 'run/no-checkpoint',
      what: 'this checkpoint of the run is gone',
      where: join(dir, file),
      todo: 'choose another with --epoch N',
    });
  throw new MdfeError({
    code: 'run/no-checkpoint',
    what: choice === 'best' ? 'this run has no best checkpoint' : 'this run has no checkpoint yet',
    where: dir,
    todo:
      choice === 'best'
        ? 'a best one is kept when EVAL holds images out; choose another with --epoch N, or --epoch last'
        : `let it train on: mdfe train --resume ${dir}`,
  });
}

/** The one written at the epoch's end, where there are others of the same epoch. */
function checkpointOfEpoch(dir: string, wanted: number): string {
  // One file is the best of one epoch after another: `best` chooses it.
  const there = foldEvents(readEvents(dir)).checkpoints.filter(
    ({ file, reason }) => reason !== 'best' && existsSync(join(dir, file)),
  );
  const ofEpoch = there.filter(({ epoch }) => epoch === wanted);
  const found =
    ofEpoch.findLast(({ file }) => file.endsWith(`_epoch${wanted}.safetensors`)) ?? ofEpoch.at(-1);
  if (found) return found.file;
  const epochs = [...new Set(there.map(({ epoch }) => epoch))];
  throw usageError({
    code: 'package/no-epoch',
    what: 'this run has no checkpoint of that epoch',
    where: dir,
    expected: epochs.length > 0 ? `epoch ${epochs.join(', ')}` : 'none: it has no checkpoint of an epoch yet',
    got: String(wanted),
    todo: requireRunRecord(dir).bestCheckpoint ? '--epoch best chooses the best of all epochs' : undefined,
  });
}

/** The neck, and the backbone where that was trained too, are those that the configuration describes. */
export function checkCheckpoint(
  graph: InferenceModel['graph'],
  checkpoint: TensorFile,
  config: Config,
): void {
  const problems: string[] = [];
  for (const [name, { shape }] of graph.weights) {
    const neck = isNeckWeight(name);
    const stored = neck ? name : savedName(name);
    const found = checkpoint.tensors.get(stored);
    if (!found && (neck || !config.MODEL.BACKBONE.freeze_backbone)) problems.push(`${stored} is missing`);
    else if (found && !sameShape(found.shape, shape))
      problems.push(`${stored} is ${shapeText(found.shape)}, not ${shapeText(shape)}`);
  }
  for (const name of checkpoint.tensors.keys())
    if (isNeckWeight(name) && !graph.weights.has(name))
      problems.push(`${name} has no place in a pooling neck`);
  if (problems.length === 0) return;
  throw new MdfeError({
    code: 'checkpoint/foreign',
    what: 'this checkpoint was not made with the configuration of this run',
    where: checkpoint.path,
    expected: `a ${config.MODEL.NECK.neck_type} neck to ${config.MODEL.embedding_dim} numbers`,
    got: problems.slice(0, 8).join('; '),
    todo: 'restore the checkpoint or resolved.yaml of the run',
  });
}
