import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { writeAtomically } from '../../common/atomic-file.ts';
import { isSystemError, MdfeError } from '../../common/errors.ts';
import { UNKNOWN_USER } from './metadata.ts';

/** What of a package goes to Kaggle. */
export interface KagglePackage {
  readonly name: string;
  /** For `kaggle kernels push -p`. */
  readonly kernelDir: string;
  /** For `kaggle datasets create -p`. */
  readonly datasetDir: string;
  readonly notebook: string;
  readonly zip: string;
  /** Of the zip. */
  readonly bytes: number;
  /** Undefined: the metadata still hold a placeholder. */
  readonly user: string | undefined;
  /** `USER/SLUG` */
  readonly dataset: string;
  /** `USER/SLUG` */
  readonly kernel: string;
}

interface Metadata {
  readonly id: string;
}
interface KernelMetadata extends Metadata {
  readonly code_file: string;
  readonly dataset_sources: readonly string[];
}

/** Names on Kaggle. */
export const KAGGLE_USER = /^[a-z0-9][a-z0-9_-]*$/i;

const kernelFile = (kernelDir: string) => join(kernelDir, 'kernel-metadata.json');
const datasetFile = (kernelDir: string) => join(kernelDir, 'dataset', 'dataset-metadata.json');

/** Reads what `mdfe package` wrote. @param kernelDir the folder that holds the notebook */
export async function readKagglePackage(kernelDir: string): Promise<KagglePackage> {
  const kernel = await readMetadata<KernelMetadata>(kernelFile(kernelDir), ['id', 'code_file']);
  const dataset = await readMetadata<Metadata>(datasetFile(kernelDir), ['id']);
  const notebook = join(kernelDir, kernel.code_file);
  const name = basename(notebook, '.ipynb').replace(/^submission-/, '');
  const datasetDir = join(kernelDir, 'dataset');
  const zip = join(datasetDir, `${name}.zip`);
  for (const file of [notebook, zip])
    if (!existsSync(file)) throw incomplete(file, 'this file of the package is gone');
  const user = dataset.id.split('/')[0]!;
  return {
    name,
    kernelDir,
    datasetDir,
    notebook,
    zip,
    bytes: statSync(zip).size,
    user: user === UNKNOWN_USER ? undefined : user,
    dataset: dataset.id,
    kernel: kernel.id,
  };
}

/** Puts a user's name into the metadata, in the place of whatever name is there. */
export async function nameKaggleUser(kernelDir: string, user: string): Promise<KagglePackage> {
  const owned = (id: string) => `${user}/${id.split('/').at(-1)}`;
  const kernel = await readMetadata<KernelMetadata>(kernelFile(kernelDir), ['id', 'code_file']);
  const dataset = await readMetadata<Metadata>(datasetFile(kernelDir), ['id']);
  const sources = kernel.dataset_sources.map((source) => (source === dataset.id ? owned(source) : source));
  await write(kernelFile(kernelDir), { ...kernel, id: owned(kernel.id), dataset_sources: sources });
  await write(datasetFile(kernelDir), { ...dataset, id: owned(dataset.id) });
  return readKagglePackage(kernelDir);
}

function write(path: string, value: object): Promise<void> {
  return writeAtomically(path, `${JSON.stringify(value, null, 2)}\n`);
}

async function readMetadata<T extends Metadata>(
  path: string,
  texts: readonly (keyof T & string)[],
): Promise<T> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw incomplete(path, 'this file is no JSON');
    if (isSystemError(error, 'ENOENT')) throw incomplete(path, 'this file of the package is gone');
    throw error;
  }
  for (const name of texts)
    if (typeof (value as Record<string, unknown> | null)?.[name] !== 'string')
      throw incomplete(path, `the field ${name} is missing`);
  return value as T;
}

function incomplete(where: string, what: string): MdfeError {
  return new MdfeError({
    code: 'kaggle/incomplete',
    what,
    where,
    todo: 'package again: mdfe package RUN --force, or MDFE: Package Model',
  });
}
