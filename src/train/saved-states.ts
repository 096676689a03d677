import { MdfeError } from '../common/errors.ts';
import type { RunFolder } from '../run/folder.ts';
import {
  autosaveLabel,
  type Position,
  type Progress,
  retireCheckpoint,
  writeCheckpoint,
  writeWeights,
} from './checkpoint.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { ProbeEngine, ProbeState } from './probe/engine.ts';

type SaveReason = 'schedule' | 'autosave' | 'stop' | 'end';

export interface SavedRun {
  readonly folder: RunFolder;
  readonly engine: ProbeEngine;
  readonly name: string;
  /** Where the run goes on from. */
  readonly from: Progress;
  readonly fingerprint: () => Promise<Fingerprint>;
}

/** After an epoch, when nothing was saved for so long: what a killed process can go on from. */
const AUTOSAVE_MS = 60_000;

/** The states of a run that are on the disk, and the newest one known to be good. None that is not finite is kept. */
export class SavedStates {
  private readonly run: SavedRun;
  private lastFile: string | undefined;
  private lastStep: number;
  private savedAt = performance.now();
  private lastGood: { readonly state: ProbeState; readonly position: Progress } | undefined;

  constructor(run: SavedRun) {
    this.run = run;
    this.lastFile = run.folder.record.lastCheckpoint;
    this.lastStep = this.lastFile ? run.from.step : -1;
  }

  async save(label: string, position: Progress, reason: SaveReason): Promise<void> {
    const state = await this.run.engine.exportState();
    if (!allFinite(state)) await this.refuse(`after step ${position.step} the weights are not finite`);
    this.lastGood = { state, position };
    await this.write(label, state, position, reason);
  }

  /** Saves between the steps that the configuration names, unless that very step is saved. */
  async saveStep(position: Progress, reason: 'stop' | 'end'): Promise<void> {
    if (reason === 'end' && this.lastStep === position.step) return;
    await this.save(iterationLabel(this.run.name, position), position, reason);
  }

  async autosaveWhenDue(position: Progress): Promise<void> {
    if (performance.now() - this.savedAt > AUTOSAVE_MS)
      await this.save(autosaveLabel(this.run.name, position), position, 'autosave');
  }

  /** Neck and head alone, over those of the best state before. @param epoch of the evaluation */
  async saveBest(position: Progress, epoch: number): Promise<void> {
    const { folder, engine, name } = this.run;
    const file = await writeWeights(
      folder.dir,
      `${name}_best`,
      await engine.exportState(),
      await this.whole(position),
    );
    folder.emit({ type: 'checkpoint', step: position.step, epoch, file, reason: 'best' });
    folder.update({ bestCheckpoint: file });
  }

  /** Keeps the state in memory, so that `refuse` has one to save. */
  async remember(position: Progress): Promise<void> {
    if (this.lastGood?.position.step === position.step) return; // it was saved just now
    const state = await this.run.engine.exportState();
    if (allFinite(state)) this.lastGood = { state, position };
  }

  /**
   * Ends a run whose numbers are not finite: saves the newest good state, and says what usually helps.
   * @throws MdfeError
   */
  async refuse(what: string): Promise<never> {
    const good = this.lastGood;
    if (good && this.lastStep < good.position.step)
      await this.write(iterationLabel(this.run.name, good.position), good.state, good.position, 'stop');
    throw new MdfeError({
      code: 'train/not-finite',
      what,
      where: this.run.folder.dir,
      expected: 'finite numbers',
      todo: this.lastFile
        ? `lower OPTIMIZER.lr, warm up longer (SCHEDULER.warmup_steps), or lower MODEL.HEAD.s; the last good checkpoint is ${this.lastFile}`
        : 'look at the weights that training began with: none of its states was finite',
    });
  }

  private async write(
    label: string,
    state: ProbeState,
    position: Progress,
    reason: SaveReason,
  ): Promise<void> {
    const { lastFile } = this;
    const { folder } = this.run;
    const file = await writeCheckpoint(folder.dir, label, state, await this.whole(position));
    folder.emit({ type: 'checkpoint', step: position.step, epoch: position.epoch, file, reason });
    folder.update({ step: position.step, epoch: position.epoch, lastCheckpoint: file });
    if (lastFile && lastFile !== file) await retireCheckpoint(folder.dir, lastFile);
    this.lastFile = file;
    this.lastStep = position.step;
    this.savedAt = performance.now();
  }

  private async whole(position: Progress): Promise<Position> {
    return { ...position, fingerprint: await this.run.fingerprint() };
  }
}

function iterationLabel(name: string, { step }: Progress): string {
  return `${name}_iter${step}`;
}

const EXPONENT = 0x7f800000;

function allFinite(state: ProbeState): boolean {
  for (const { data } of state.values()) {
    // The exponent's bits are all set in an infinity and in every NaN; whole numbers are compared faster.
    const words = new Uint32Array(data.buffer, data.byteOffset, data.length);
    for (let i = 0; i < words.length; i++) if ((words[i]! & EXPONENT) === EXPONENT) return false;
  }
  return true;
}
