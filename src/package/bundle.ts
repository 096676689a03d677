import { createHash } from 'node:crypto';
import { copyFile, link, mkdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { writeAtomically } from '../common/atomic-file.ts';
import { isSystemError } from '../common/errors.ts';
import { writeZip } from '../formats/zip.ts';
import { axisLength } from '../graph/shape.ts';
import { checkOnnx } from './check-onnx.ts';
import { datasetMetadata, kaggleUser, kernelMetadata, UNKNOWN_USER } from './kaggle/metadata.ts';
import { notebookText, submissionNotebook } from './kaggle/notebook.ts';
import { type Manifest, manifestText } from './manifest.ts';
import { type InferenceModel, type ModelFormat, WRITE_MODEL } from './model-file.ts';
import { prepareOutput } from './output.ts';
import { PieceReader } from './pieces.ts';

export interface PackageRequest {
  readonly model: InferenceModel;
  /** Name of the package and of its files. */
  readonly name: string;
  /** Of the run or configuration, as it was written; goes into the zip. */
  readonly configText: string;
  readonly format: ModelFormat;
  /** Where model and zip go. */
  readonly dir: string;
  /** Where what Kaggle needs goes. */
  readonly kaggleDir: string;
  /** Replace what is there. */
  readonly force: boolean;
  /** Share link of the zip, for the notebook. */
  readonly driveUrl?: string | undefined;
  readonly onStatus?: ((text: string) => void) | undefined;
  /** Stops; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

export interface Package {
  readonly manifest: Manifest;
  readonly model: string;
  readonly manifestFile: string;
  /** Only of a `.pt`: what Kaggle and Google Drive get. */
  readonly kaggle?: KaggleBundle;
}

export interface KaggleBundle {
  readonly zip: string;
  readonly notebook: string;
  /** Folder for `kaggle kernels push -p`. */
  readonly kernelDir: string;
  /** Folder for `kaggle datasets create -p`: the zip and nothing that is uploaded twice. */
  readonly datasetDir: string;
  /** False where INSERT-YOUR-KAGGLE-NAME must be replaced in the metadata. */
  readonly userKnown: boolean;
}

/** Room for what is not weights, bytes. */
const OVERHEAD = 16 << 20;
const BYTES = { F32: 4, F16: 2 } as const;

/**
 * Writes the model and, for PyTorch, the archive and the notebook for Kaggle. Each file appears whole or not at all,
 * and what was written before a failure is removed.
 */
export async function writePackage(request: PackageRequest): Promise<Package> {
  const { model, name, format, dir, kaggleDir, force } = request;
  const file = `${name}.${format}`;
  const path = join(dir, file);
  const manifestFile = join(dir, `${file}.manifest.json`);
  const places = { zip: join(dir, `${name}.zip`), notebook: join(kaggleDir, `submission-${name}.ipynb`) };
  const kaggle = format === 'pt';
  await prepareOutput(dir, {
    files: [path, manifestFile, ...(kaggle ? Object.values(places) : [])],
    bytes: (kaggle ? 2 : 1) * weightBytes(model) + OVERHEAD,
    force,
  });
  const written: string[] = [];
  try {
    return await write(request, { path, manifestFile, ...places }, written);
  } catch (error) {
    for (const file of written) await rm(file, { force: true });
    throw error;
  }
}

interface Places {
  readonly path: string;
  readonly manifestFile: string;
  readonly zip: string;
  readonly notebook: string;
}

/** @param written gets the path of each large file that is whole */
async function write(
  request: PackageRequest,
  { path, manifestFile, ...places }: Places,
  written: string[],
): Promise<Package> {
  const { model, name, format, onStatus, signal } = request;
  const file = basename(path);
  onStatus?.(`writing ${path}`);
  await WRITE_MODEL[format](path, model);
  written.push(path);
  const { size } = await stat(path);
  // What is hashed is what lies on the disk, and what goes into the zip.
  const hash = createHash('sha256');
  const hashedPieces = async function* () {
    for await (const piece of new PieceReader(signal).read({ path, offset: 0, length: size })) {
      hash.update(piece);
      yield piece;
    }
  };
  const embeddingDim = axisLength(model.graph.output.shape, 1);
  if (format === 'pt') {
    onStatus?.(`writing ${places.zip}`);
    await writeZip(places.zip, [
      { name: file, size, data: hashedPieces },
      bytesEntry('config.yaml', request.configText),
    ]);
    written.push(places.zip);
  } else {
    for await (const _ of hashedPieces());
    await checkOnnx(path, embeddingDim);
  }
  const manifest: Manifest = {
    version: 1,
    name,
    format,
    file,
    size,
    sha256: hash.digest('hex'),
    embeddingDim,
    imageSize: model.preprocessing.imageSize,
    weights: model.weights.dtype === 'F16' ? 'float16' : 'float32',
  };
  await writeAtomically(manifestFile, manifestText(manifest));
  written.push(manifestFile);
  const files = { manifest, model: path, manifestFile };
  return format === 'pt' ? { ...files, kaggle: await writeKaggle(request, manifest, places) } : files;
}

function bytesEntry(name: string, text: string) {
  const data = new TextEncoder().encode(text);
  return { name, size: data.length, data };
}

function weightBytes({ graph, weights }: InferenceModel): number {
  let numbers = 0;
  for (const { shape } of graph.weights.values())
    numbers += shape.reduce<number>((n, _, axis) => n * axisLength(shape, axis), 1);
  return numbers * BYTES[weights.dtype];
}

async function writeKaggle(
  { kaggleDir, driveUrl }: PackageRequest,
  manifest: Manifest,
  { zip, notebook }: { readonly zip: string; readonly notebook: string },
): Promise<KaggleBundle> {
  const known = await kaggleUser();
  const user = known ?? UNKNOWN_USER;
  const datasetDir = join(kaggleDir, 'dataset');
  await mkdir(datasetDir, { recursive: true });
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  await writeAtomically(notebook, notebookText(submissionNotebook(manifest, driveUrl)));
  await writeAtomically(
    join(kaggleDir, 'kernel-metadata.json'),
    json(kernelMetadata(manifest, user, basename(notebook))),
  );
  await writeAtomically(join(datasetDir, 'dataset-metadata.json'), json(datasetMetadata(manifest, user)));
  await shareFile(zip, join(datasetDir, basename(zip)));
  return { zip, notebook, kernelDir: kaggleDir, datasetDir, userKnown: known !== undefined };
}

/** The same file under a second name; a copy where the file system has no links. */
async function shareFile(from: string, to: string): Promise<void> {
  await rm(to, { force: true });
  try {
    await link(from, to);
  } catch (error) {
    if (!['EPERM', 'EXDEV', 'ENOTSUP', 'ENOSYS'].some((code) => isSystemError(error, code))) throw error;
    await copyFile(from, to);
  }
}
