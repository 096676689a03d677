import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { promisify } from 'node:util';
import { isSystemError, MdfeError } from '../../../common/errors.ts';
import { isFile, isFolder } from '../../../common/file-kind.ts';
import type { ClassSize, DatasetFacts, MachineFacts } from '../../../config/registries.ts';
import { isRange } from '../../../config/schema/fields.ts';
import type { Config } from '../../../config/schema/index.ts';
import { DATASETS, knownDatasets, loadDatasets } from '../../../data/datasets/index.ts';
import { locateDataset } from '../../../data/datasets/locate.ts';
import { ownData } from '../../../data/datasets/own-data.ts';
import { tokenFile } from '../../../drive/token.ts';
import type { Folders } from '../protocol.ts';
import { lookUpLocalModels } from './local-models.ts';
import { MeasuredRuns } from './measured-runs.ts';

/** Facts older than this are looked up again, ms. */
const MAX_AGE = 3000;

/** Every name that is typed asks anew. */
const MAX_KNOWN = 50;

const NOTHING: MachineFacts = {};

interface Known {
  readonly facts: MachineFacts;
  readonly time: number;
}

/**
 * What the machine has of what configurations name. Answers at once with what is known and looks up the rest in the
 * background, so that no one who types waits for a disk.
 */
export class Machine {
  private readonly known = new Map<string, Known>();
  /** Last found, by folders: what is missing in them is only what was not asked for yet. */
  private readonly latest = new Map<string, MachineFacts>();
  private readonly running = new Set<string>();
  private readonly counts = new Map<string, Promise<Counts | undefined>>();
  private readonly runs = new MeasuredRuns();
  private gpus: Promise<number | undefined> | undefined;
  private readonly failed: (error: unknown) => void;

  /** @param failed told what could not be looked up */
  constructor(failed: (error: unknown) => void) {
    this.failed = failed;
  }

  /** @param changed called when the facts become other ones than the last answer */
  facts(config: Config, folders: Folders, changed: () => void): MachineFacts {
    const key = JSON.stringify([folders, namesOf(config), modelsOf(config), filesOf(config)]);
    const known = this.known.get(key);
    if ((!known || Date.now() - known.time > MAX_AGE) && !this.running.has(key)) {
      this.running.add(key);
      void this.lookUp(config, folders)
        .then((facts) => {
          const before = this.known.get(key)?.facts;
          const same = before !== undefined && JSON.stringify(plain(facts)) === JSON.stringify(plain(before));
          if (this.known.size >= MAX_KNOWN) this.known.clear();
          this.known.set(key, { facts: same ? before : facts, time: Date.now() });
          this.latest.set(JSON.stringify(folders), facts);
          if (!same) changed();
        }, this.failed)
        .finally(() => this.running.delete(key));
    }
    return known?.facts ?? this.latest.get(JSON.stringify(folders)) ?? NOTHING;
  }

  private async lookUp(config: Config, folders: Folders): Promise<MachineFacts> {
    const { dataRoot, workspace, outputDir } = folders;
    const places = [workspace, ...(dataRoot === undefined ? [] : [dataRoot])];
    const datasets = dataRoot !== undefined && (await isFolder(dataRoot)) ? dataRoot : undefined;
    this.gpus ??= countGpus();
    const gpus = config.TRAIN.data_parallel ? await this.gpus : undefined;
    return {
      ...(datasets !== undefined && {
        dataRoot: datasets,
        datasets: await this.lookUpSets(config, datasets),
      }),
      files: await lookUpFiles(filesOf(config), places),
      localModels: await lookUpLocalModels(modelsOf(config), workspace),
      driveSignIn: folders.driveSignIn === true || (await isSignedIn(config, places)),
      ...(gpus !== undefined && { gpus }),
      ...(outputDir !== undefined && { runs: await this.runs.below(outputDir) }),
    };
  }

  /** All published sets, and the user's own ones that are named. Only those that are named are counted. */
  private async lookUpSets(config: Config, root: string): Promise<Map<string, DatasetFacts>> {
    const named = new Set(namesOf(config).map((name) => knownDatasets.canonical(name) ?? name));
    const found = new Map<string, DatasetFacts>();
    for (const set of DATASETS)
      found.set(
        set.key,
        await this.lookUpSet(set.key, root, named.has(set.key), set.page, () => locateDataset(set, root)),
      );
    for (const name of named)
      if (/^(folder|csv):/.test(name))
        found.set(
          name,
          await this.lookUpSet(name, root, true, '', async () => (await ownData(name, root))!.located),
        );
    return found;
  }

  private async lookUpSet(
    name: string,
    root: string,
    counted: boolean,
    page: string,
    locate: () => Promise<{ readonly annotation: string }>,
  ): Promise<DatasetFacts> {
    try {
      const { annotation } = await locate();
      const counts = counted ? await this.count(name, root, annotation) : undefined;
      return { state: 'present', ...(counts && { counts }) };
    } catch (error) {
      if (!(error instanceof MdfeError)) throw error;
      const { what, expected = '' } = error.details;
      return { state: 'missing', what, expected, page };
    }
  }

  /** Counted again only when the annotation changes. Undefined where it cannot be read: training says why. */
  private async count(name: string, root: string, annotation: string): Promise<Counts | undefined> {
    const { mtimeMs, size } = await stat(annotation);
    const key = JSON.stringify([name, annotation, mtimeMs, size]);
    let counts = this.counts.get(key);
    if (!counts) {
      counts = loadDatasets([name], root, { seed: 0 }).then(
        ({ length, classes, classCounts }) => ({ images: length, classes, classSizes: sizesOf(classCounts) }),
        (error: unknown) => {
          if (error instanceof MdfeError) return undefined;
          throw error;
        },
      );
      this.counts.set(key, counts);
    }
    return counts;
  }
}

type Counts = NonNullable<Extract<DatasetFacts, { state: 'present' }>['counts']>;

/** @param counts images of each class */
function sizesOf(counts: Int32Array): ClassSize[] {
  const classes = new Map<number, number>();
  for (const images of counts) classes.set(images, (classes.get(images) ?? 0) + 1);
  return [...classes].map(([images, n]) => ({ images, classes: n })).sort((a, b) => a.images - b.images);
}

/** Entries of a folder for the completion of paths; empty where it cannot be read. */
export function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.name.startsWith('.'))
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .sort();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].some((code) => isSystemError(error, code))) return [];
    throw error;
  }
}

/** As training looks for it: in the folder that it counts from, then in the other one. */
export function findFile(
  path: string,
  from: 'data' | 'workspace',
  { dataRoot, workspace }: Folders,
): string | undefined {
  const data = dataRoot === undefined ? [] : [dataRoot];
  const roots = from === 'data' ? [...data, workspace] : [workspace, ...data];
  return roots
    .map((root) => resolve(root, path))
    .find((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true);
}

/** Those of the runs of a sweep too. */
function namesOf(config: Config): readonly string[] {
  return [...new Set([...config.DATASET.names, ...sweptTexts(config, 'DATASET.names')])];
}

function modelsOf(config: Config): readonly string[] {
  const { model_name } = config.MODEL.BACKBONE;
  const names = [model_name, ...sweptTexts(config, 'MODEL.BACKBONE.model_name')];
  return [...new Set(names)].filter((name) => name.startsWith('local-dir:'));
}

/** Texts that a sweep gives a key, which may be a list of them. */
function sweptTexts({ SWEEP }: Config, path: string): string[] {
  const axis = SWEEP.keys[path] ?? [];
  const values = isRange(axis) ? [] : axis.flat();
  return values.filter((value) => typeof value === 'string');
}

function filesOf(config: Config): readonly string[] {
  return [config.DATASET.cls_dist_file, config.GOOGLE_DRIVE.client_secret_path];
}

/** A relative path is looked for in each of the folders. */
async function lookUpFiles(
  files: readonly string[],
  folders: readonly string[],
): Promise<Map<string, boolean>> {
  const found = new Map<string, boolean>();
  for (const file of files) {
    const places = isAbsolute(file) ? [file] : folders.map((folder) => resolve(folder, file));
    const there = await Promise.all(places.map((place) => isFile(place)));
    found.set(file, there.includes(true));
  }
  return found;
}

/** A sign-in of the command line. */
async function isSignedIn({ GOOGLE_DRIVE }: Config, folders: readonly string[]): Promise<boolean> {
  const file = tokenFile(GOOGLE_DRIVE.token_path);
  return (await lookUpFiles([file], folders)).get(file) === true;
}

/** CUDA devices as the driver lists them; 0 without a driver, undefined where it does not answer. */
async function countGpus(): Promise<number | undefined> {
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', ['-L'], { timeout: 10_000 });
    return stdout.split('\n').filter((line) => /^GPU \d+:/.test(line)).length;
  } catch (error) {
    return isSystemError(error, 'ENOENT') ? 0 : undefined;
  }
}

function plain(facts: MachineFacts): unknown {
  const { datasets = [], files = [], localModels = [] } = facts;
  return { ...facts, datasets: [...datasets], files: [...files], localModels: [...localModels] };
}
