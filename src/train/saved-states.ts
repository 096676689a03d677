import { MdfeError } from '../common/errors.ts';
import type { RunFolder } from '../run/folder.ts';
import {
  autosaveLabel,
  type Position,
  retireCheckpoint,
  writeCheckpoint,
  writeWeights,
} from './checkpoint.ts';
import type { ProbeEngine, ProbeState } from './probe/engine.ts';

type SaveReason = 'schedule' | 'autosave' | 'stop' | 'end';

/** After an epoch, when nothing was saved for so long: what a killed process can go on from. */
const AUTOSAVE_MS = 60_000;

/** The states of a run that are on the disk, and the newest one known to be good. None that is not finite is kept. */
export class SavedStates {
  private readonly folder: RunFolder;
  private readonly engine: ProbeEngine;
  private readonly name: string;
  private lastFile: string | undefined;
  private lastStep: number;
  private savedAt = performance.now();
  private lastGood: { readonly state: ProbeState; readonly position: Position } | undefined;

  /** @param step that the run goes on from */
  constructor(folder: RunFolder, engine: ProbeEngine, name: string, step: number) {
    this.folder = folder;
    this.engine = engine;
    this.name = name;
    this.lastFile = folder.record.lastCheckpoint;
    this.lastStep = this.lastFile ? step : -1;
  }

  async save(label: string, position: Position, reason: SaveReason): Promise<void> {
    const state = await this.engine.exportState();
    if (!allFinite(state)) await this.refuse(`after step ${position.step} the weights are not finite`);
    this.lastGood = { state, position };
    await this.write(label, state, position, reason);
  }

  /** Saves between the steps that the configuration names, unless that very step is saved. */
  async saveStep(position: Position, reason: 'stop' | 'end'): Promise<void> {
    if (reason === 'end' && this.lastStep === position.step) return;
    await this.save(iterationLabel(this.name, position), position, reason);
  }

  async autosaveWhenDue(position: Position): Promise<void> {
    if (performance.now() - this.savedAt > AUTOSAVE_MS)
      await this.save(autosaveLabel(this.name, position), position, 'autosave');
  }

  /** Neck and head alone, over those of the best state before. @param epoch of the evaluation */
  async saveBest(position: Position, epoch: number): Promise<void> {
    const { folder, engine, name } = this;
    const file = await writeWeights(folder.dir, `${name}_best`, await engine.exportState(), position);
    folder.emit({ type: 'checkpoint', step: position.step, epoch, file, reason: 'best' });
    folder.update({ bestCheckpoint: file });
  }

  /** Keeps the state in memory, so that `refuse` has one to save. */
  async remember(position: Position): Promise<void> {
    if (this.lastGood?.position.step === position.step) return; // it was saved just now
    const state = await this.engine.exportState();
    if (allFinite(state)) this.lastGood = { state, position };
  }

  /**
   * Ends a run whose numbers are not finite: saves the newest good state, and says what usually helps.
   * @throws MdfeError
   */
  async refuse(what: string): Promise<never> {
    const good = this.lastGood;
    if (good && this.lastStep < good.position.step)
      await this.write(iterationLabel(this.name, good.position), good.state, good.position, 'stop');
    throw new MdfeError({
      code: 'train/not-finite',
      what,
      where: this.folder.dir,
      expected: 'finite numbers',
      todo: `lower OPTIMIZER.lr, warm up longer (SCHEDULER.warmup_steps), or lower MODEL.HEAD.s; the last good checkpoint is ${this.lastFile}`,
    });
  }

  private async write(
    label: string,
    state: ProbeState,
    position: Position,
    reason: SaveReason,
  ): Promise<void> {
    const { folder, lastFile } = this;
    const file = await writeCheckpoint(folder.dir, label, state, position);
    folder.emit({ type: 'checkpoint', step: position.step, epoch: position.epoch, file, reason });
    folder.update({ step: position.step, epoch: position.epoch, lastCheckpoint: file });
    if (lastFile && lastFile !== file) await retireCheckpoint(folder.dir, lastFile);
    this.lastFile = file;
    this.lastStep = position.step;
    this.savedAt = performance.now();
  }
}

function iterationLabel(name: string, { step }: Position): string {
  return `${name}_iter${step}`;
}

function allFinite(state: ProbeState): boolean {
  for (const { data } of state.values()) {
    for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i]!)) return false;
  }
  return true;
}
