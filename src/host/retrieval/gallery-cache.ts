import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../../common/atomic-file.ts';
import type { RunRecord } from '../../run/record.ts';
import type { EvaluationSummary, ExploredRun } from '../../run/retrieval-messages.ts';
import { removeOlder } from '../remove-older.ts';

const VERSION = 2;
const KEEP = 14 * 24 * 3600 * 1000; // ms since the last evaluation

/**
 * Evaluations that were made, so that a window that is reloaded, or a panel that is opened again, shows its gallery at
 * once. A newer checkpoint, another data folder or another CSV makes another key.
 */
export class GalleryCache {
  private readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  key(run: ExploredRun, record: RunRecord): string {
    const checkpoint = record.bestCheckpoint ?? record.lastCheckpoint ?? '';
    const files = [join(run.runId, checkpoint), run.csv].map((file) => [file, file && changed(file)]);
    const parts = [VERSION, run.runId, run.dataDir, run.skipBadImages, checkpoint, files];
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);
  }

  /** The file for `mdfe evaluate --gallery`. */
  galleryFile(key: string): string {
    return join(this.dir, `${key}.jsonl`);
  }

  /** Undefined where there is no finished evaluation. */
  async read(key: string): Promise<EvaluationSummary | undefined> {
    const file = this.summaryFile(key);
    if (!existsSync(file) || !existsSync(this.galleryFile(key))) return undefined;
    return JSON.parse(await readFile(file, 'utf8')) as EvaluationSummary;
  }

  /** Makes room for an evaluation; what is old goes. */
  async prepare(key: string): Promise<void> {
    await mkdir(this.dir, { recursive: true });
    await rm(this.summaryFile(key), { force: true });
    await removeOlder(this.dir, Date.now() - KEEP);
  }

  /** Ends an evaluation: from now on `read` finds it. */
  finish(key: string, summary: EvaluationSummary): Promise<void> {
    return writeAtomically(this.summaryFile(key), JSON.stringify(summary));
  }

  private summaryFile(key: string): string {
    return join(this.dir, `${key}.json`);
  }
}

function changed(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
