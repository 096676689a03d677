import { setTimeout as sleep } from 'node:timers/promises';
import { MdfeError } from '../../common/errors.ts';
import { checkUploaded, isTitleTaken, parsePushed, parseStatus } from './answers.ts';
import type { KagglePackage } from './kaggle-package.ts';
import type { RunKaggle } from './run-kaggle.ts';

export interface Published {
  readonly datasetUrl: string;
  readonly notebookUrl: string;
  /** The data set was there: it has a new version. */
  readonly newVersion: boolean;
  readonly warnings: readonly string[];
}

export interface PublishHooks {
  readonly onStatus?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds between two looks at a data set that Kaggle processes. */
  readonly pause?: number | undefined;
  /** Milliseconds that Kaggle has for that. */
  readonly patience?: number | undefined;
}

const PAUSE_MS = 5_000;
const PATIENCE_MS = 30 * 60_000;

/** Whether the data set is on Kaggle already. */
export async function isPublished(kaggle: RunKaggle, { dataset }: KagglePackage): Promise<boolean> {
  return parseStatus(await kaggle(['datasets', 'status', dataset])) !== undefined;
}

/**
 * Uploads a package as a private data set, or as a new version of it, waits until notebooks can use it, and pushes the
 * notebook, which Kaggle then runs.
 * @param exists see {@link isPublished}
 */
export async function publish(
  kaggle: RunKaggle,
  pack: KagglePackage,
  exists: boolean,
  hooks: PublishHooks = {},
): Promise<Published> {
  const { dataset, kernel, kernelDir } = pack;
  hooks.onStatus?.(`uploading ${pack.name}.zip`);
  const newVersion = await upload(kaggle, pack, exists);
  hooks.onStatus?.('waiting until Kaggle has processed the data set');
  await untilReady(kaggle, dataset, newVersion, hooks);
  hooks.onStatus?.('pushing the notebook');
  const { url, warnings } = parsePushed(await kaggle(['kernels', 'push', '-p', kernelDir]));
  return {
    datasetUrl: `https://www.kaggle.com/datasets/${dataset}`,
    notebookUrl: url ?? `https://www.kaggle.com/code/${kernel}`,
    newVersion,
    warnings,
  };
}

/** @returns true: as a new version */
async function upload(
  kaggle: RunKaggle,
  { name, datasetDir }: KagglePackage,
  exists: boolean,
): Promise<boolean> {
  if (!exists) {
    const answer = await kaggle(['datasets', 'create', '-p', datasetDir]);
    // Between asking and creating, or where the state of a private one was not told.
    if (!isTitleTaken(answer)) {
      checkUploaded(answer);
      return false;
    }
  }
  checkUploaded(await kaggle(['datasets', 'version', '-p', datasetDir, '-m', name]));
  return true;
}

/** A notebook that is pushed earlier runs without its model, or with that of the version before. */
async function untilReady(
  kaggle: RunKaggle,
  dataset: string,
  newVersion: boolean,
  { signal, pause = PAUSE_MS, patience = PATIENCE_MS }: PublishHooks,
): Promise<void> {
  const end = performance.now() + patience;
  const rest = () => sleep(pause, undefined, signal ? { signal } : {});
  if (newVersion) await rest(); // at once, Kaggle still speaks of the version before
  for (;;) {
    const status = parseStatus(await kaggle(['datasets', 'status', dataset]));
    if (status === 'ready') return;
    if (status === 'error' || status === 'failed')
      throw new MdfeError({
        code: 'kaggle/processing-failed',
        what: 'Kaggle could not process the data set',
        where: dataset,
        got: status,
        todo: `look at https://www.kaggle.com/datasets/${dataset}, then publish again`,
      });
    if (performance.now() > end)
      throw new MdfeError({
        code: 'kaggle/processing',
        what: 'the data set is uploaded, but Kaggle is still processing it',
        where: dataset,
        got: status ?? 'no answer',
        todo: 'wait until its page shows it, then publish again',
      });
    await rest();
  }
}
