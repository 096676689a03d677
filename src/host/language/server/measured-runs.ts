import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from '../../../common/errors.ts';
import type { OptimizerName } from '../../../config/names.ts';
import type { MeasuredRun } from '../../../config/registries.ts';
import { runFile } from '../../../run/paths.ts';
import type { RunRecord } from '../../../run/record.ts';

interface Read {
  readonly mtimeMs: number;
  readonly run: MeasuredRun | undefined;
  readonly created: string;
}

/** The newest runs are enough to estimate from. */
const MAX_RUNS = 200;

/** What the runs of an output folder measured; a record is read again only when it was replaced. */
export class MeasuredRuns {
  private readonly read = new Map<string, Read>();

  /** Newest first. */
  async below(outputDir: string): Promise<MeasuredRun[]> {
    const found: Read[] = [];
    for (const name of await foldersIn(outputDir)) {
      const read = await this.record(runFile(join(outputDir, name), 'record'));
      if (read?.run) found.push(read);
    }
    return found
      .sort((a, b) => (a.created < b.created ? 1 : -1))
      .slice(0, MAX_RUNS)
      .map(({ run }) => run!);
  }

  private async record(path: string): Promise<Read | undefined> {
    try {
      const { mtimeMs } = await stat(path);
      const known = this.read.get(path);
      if (known?.mtimeMs === mtimeMs) return known;
      const record = parse(await readFile(path, 'utf8'));
      const read = { mtimeMs, run: record && measuredRun(record), created: record?.created ?? '' };
      this.read.set(path, read);
      return read;
    } catch (error) {
      if (['ENOENT', 'ENOTDIR', 'EACCES'].some((code) => isSystemError(error, code))) return undefined;
      throw error;
    }
  }
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].some((code) => isSystemError(error, code))) return [];
    throw error;
  }
}

/** Undefined for a file that is no record: a damaged run must not spoil the others. */
function parse(text: string): RunRecord | undefined {
  try {
    return JSON.parse(text) as RunRecord;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Speeds are rounded, so that a run that goes on does not change what is known of it every second.
 * @returns undefined for a run that has not measured anything
 */
function measuredRun({ name, measured, trainEngine, featureEngine }: RunRecord): MeasuredRun | undefined {
  if (!measured) return undefined;
  const { featureSpeed, stepSeconds, ...conditions } = measured;
  if (featureSpeed === undefined && stepSeconds === undefined) return undefined;
  return {
    ...conditions,
    name,
    optimizer: measured.optimizer as OptimizerName,
    ...(featureSpeed !== undefined && { featureSpeed: rounded(featureSpeed) }),
    ...(stepSeconds !== undefined && { stepSeconds: rounded(stepSeconds) }),
    ...(featureEngine && { featureDevice: featureEngine.device }),
    ...(trainEngine && { trainDevice: trainEngine.device }),
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(2));
}
