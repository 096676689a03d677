import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { MdfeError } from '../common/errors.ts';
import { openSafetensors, readTensor, type TensorFile, writeSafetensors } from '../formats/safetensors.ts';
import { runFiles } from '../run/paths.ts';
import { type Fingerprint, parseFingerprint } from './fingerprint.ts';
import type { ProbeState, Tensor } from './probe/engine.ts';

/** How far a run is. */
export interface Progress {
  /** Steps done. */
  readonly step: number;
  /** Epochs completed. */
  readonly epoch: number;
}

/**
 * A checkpoint is two files: `<name>_epochN.safetensors` with neck, head and head buffers under their published
 * names, which everything else reads, and `<name>_epochN.resume.safetensors` with the optimizer's moments and the
 * position, which only resuming reads. Order of samples, dropout and learning rate are functions of the position.
 */
export interface Position extends Progress {
  /** What must not have changed when a run goes on. */
  readonly fingerprint: Fingerprint;
}

const OPTIMIZER = 'optimizer.';

export async function writeCheckpoint(
  runDir: string,
  label: string,
  state: ProbeState,
  position: Position,
): Promise<string> {
  const moments = [...state].filter(([name]) => name.startsWith(OPTIMIZER));
  // The moments first: a weights file without them could not be resumed from.
  await writeSafetensors(resumeFile(join(runDir, checkpointFile(label))), moments, metadataOf(position));
  return writeWeights(runDir, label, state, position);
}

/** Neck and head alone: for use, not for going on. Returns the file, relative to the run folder. */
export async function writeWeights(
  runDir: string,
  label: string,
  state: ProbeState,
  position: Position,
): Promise<string> {
  const weights = [...state].filter(([name]) => !name.startsWith(OPTIMIZER));
  const file = checkpointFile(label);
  await writeSafetensors(join(runDir, file), weights, metadataOf(position));
  return file;
}

function checkpointFile(label: string): string {
  return join(runFiles.checkpoints, `${label}.safetensors`);
}

function metadataOf(position: Position): Record<string, string> {
  const { step, epoch, fingerprint } = position;
  return {
    format: 'mdfe-checkpoint',
    step: String(step),
    epoch: String(epoch),
    fingerprint: JSON.stringify(fingerprint),
  };
}

/**
 * A label of its own for each: were one written over another, a process killed between its two files would leave
 * nothing to go on from.
 */
export function autosaveLabel(name: string, { step }: Progress): string {
  return `${name}_autosave${step}`;
}

const AUTOSAVED = /_autosave\d*\.safetensors$/;

/** Takes an older checkpoint's place: of one by schedule the weights stay, of one between nothing does. */
export async function retireCheckpoint(runDir: string, file: string): Promise<void> {
  await (AUTOSAVED.test(file) ? removeCheckpoint : forgetResumeState)(runDir, file);
}

/**
 * Removes what a killed process left: files half-written, and checkpoints that it had not yet recorded or retired.
 *
 * @param newest that the run goes on from
 */
export async function removeLeftovers(runDir: string, newest: string | undefined): Promise<void> {
  const folder = join(runDir, runFiles.checkpoints);
  const names = await readdir(folder);
  for (const name of names) if (name.endsWith('.partial')) await rm(join(folder, name), { force: true });
  const checkpoints = new Set(names.flatMap((name) => CHECKPOINT.exec(name)?.[1] ?? []));
  for (const label of checkpoints)
    if (checkpointFile(label) !== newest) await retireCheckpoint(runDir, checkpointFile(label));
}

const CHECKPOINT = /^(.*?)(?:\.resume)?\.safetensors$/;

/** Drops an older checkpoint's optimizer state; its weights stay. */
export async function forgetResumeState(runDir: string, file: string): Promise<void> {
  await rm(resumeFile(join(runDir, file)), { force: true });
}

/** Drops an older checkpoint altogether. */
export async function removeCheckpoint(runDir: string, file: string): Promise<void> {
  await forgetResumeState(runDir, file);
  await rm(join(runDir, file), { force: true });
}

/** Weights, moments and position of a checkpoint of this run. */
export async function readCheckpoint(
  runDir: string,
  file: string,
): Promise<{ state: ProbeState; position: Position }> {
  const path = join(runDir, file);
  const state = new Map<string, Tensor>();
  const [metadata, resume] = await readPair(state, path);
  const [position, beside] = [parsePosition(metadata), parsePosition(resume)];
  const got = (of: typeof metadata, read: Position | undefined) =>
    read ? `step ${read.step}` : of.step ? `step ${of.step} as another version of MDFE notes it` : 'no step';
  if (!position || beside?.step !== position.step)
    throw new MdfeError({
      code: 'checkpoint/foreign',
      what: 'this checkpoint cannot be resumed from',
      where: path,
      expected: `a checkpoint of this version with ${basename(resumeFile(path))} of the same step beside it`,
      got: `${got(metadata, position)}, beside it ${got(resume, beside)}`,
      todo: 'start a new run with --init-from and this file: it takes neck and head and begins at step 0',
    });
  return { state, position };
}

/** Metadata of a checkpoint and of what is beside it. */
async function readPair(
  state: Map<string, Tensor>,
  path: string,
): Promise<[TensorFile['metadata'], TensorFile['metadata']]> {
  try {
    return [await readInto(state, path), await readInto(state, resumeFile(path))];
  } catch (error) {
    if (!(error instanceof MdfeError)) throw error;
    throw new MdfeError({
      ...error.details,
      todo: 'restore this file from a copy, or start a new run with --init-from and a checkpoint that is whole',
    });
  }
}

/** Neck and head of any safetensors file that has them under their published names (`--init-from`). */
export async function readWeights(path: string): Promise<ProbeState> {
  const state = new Map<string, Tensor>();
  await readInto(state, path, (name) => /^(neck|head)\./.test(name));
  if (state.size > 0) return state;
  throw new MdfeError({
    code: 'checkpoint/no-weights',
    what: 'no neck or head in this file',
    where: path,
    expected: 'tensors neck.neck.1.weight, neck.neck.1.bias, head.weight',
    todo: 'give a checkpoint of MDFE, or a safetensors file with these names',
  });
}

function resumeFile(path: string): string {
  return path.replace(/\.safetensors$/, '.resume.safetensors');
}

async function readInto(
  state: Map<string, Tensor>,
  path: string,
  wanted: (name: string) => boolean = () => true,
): Promise<TensorFile['metadata']> {
  const file = await openSafetensors(path);
  for (const [name, { shape }] of file.tensors)
    if (wanted(name)) state.set(name, { shape, data: await readTensor(file, name) });
  return file.metadata;
}

function parsePosition(metadata: Readonly<Record<string, string>>): Position | undefined {
  const { step, epoch } = metadata;
  const fingerprint = parseFingerprint(metadata.fingerprint ?? '');
  if (step === undefined || epoch === undefined || !fingerprint) return undefined;
  return { step: Number(step), epoch: Number(epoch), fingerprint };
}
