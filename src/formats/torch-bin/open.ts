import { open } from 'node:fs/promises';
import { isSystemError, MdfeError } from '../../common/errors.ts';
import { PICKLE_LIMITS, unpickle } from '../pickle.ts';
import { DTYPE_BYTES, type Dtype } from '../safetensors.ts';
import { openZip, type ZipEntry, type ZipReader } from '../zip.ts';
import { findStateDict } from './state-dict.ts';
import { gather, type TensorView } from './tensor.ts';
import { TORCH_VOCABULARY } from './vocabulary.ts';

export interface TorchTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Row-major, little-endian bytes. */
  readonly read: () => Promise<Uint8Array>;
}

/**
 * Opens a checkpoint that torch >= 1.6 saved: a zip with `TOP/data.pkl` (a pickle that describes the tensors) and
 * `TOP/data/KEY` (their storages). Reads the description only. Close it after use.
 */
export async function openTorchFile(path: string): Promise<TorchFile> {
  await refuseLegacy(path);
  const zip = await openZip(path);
  try {
    const top = await findTop(zip);
    const pickle = await zip.read(zip.entry(`${top}/data.pkl`), PICKLE_LIMITS.size);
    return new TorchFile(zip, top, findStateDict(path, unpickle(path, pickle, TORCH_VOCABULARY)));
  } catch (error) {
    await zip.close();
    throw error;
  }
}

export class TorchFile {
  /** By published name. */
  readonly tensors: ReadonlyMap<string, TorchTensor>;
  private readonly zip: ZipReader;
  private readonly top: string;

  constructor(zip: ZipReader, top: string, views: ReadonlyMap<string, TensorView>) {
    this.zip = zip;
    this.top = top;
    this.tensors = new Map(
      [...views].map(([name, view]) => [
        name,
        { dtype: view.storage.dtype, shape: view.shape, read: () => this.read(name, view) },
      ]),
    );
  }

  async close(): Promise<void> {
    await this.zip.close();
  }

  private async read(name: string, view: TensorView): Promise<Uint8Array> {
    const { key, dtype, count } = view.storage;
    const entry = this.zip.entry(`${this.top}/data/${key}`);
    const size = DTYPE_BYTES[dtype];
    if (entry.size !== count * size)
      throw new MdfeError({
        code: 'torch-bin/broken',
        what: `the storage of tensor ${name} has the wrong size`,
        where: this.zip.path,
        expected: `${count * size} bytes`,
        got: `${entry.size} bytes`,
        todo: 'the file is damaged: download or copy it again',
      });
    const bytes = await this.readBytes(entry, view.offset * size, view.span * size);
    return view.contiguous ? bytes : gather(view, bytes);
  }

  private async readBytes(entry: ZipEntry, from: number, length: number): Promise<Uint8Array> {
    if (entry.method === 'deflated') {
      const whole = await this.zip.read(entry, entry.size);
      return whole.slice(from, from + length);
    }
    const bytes = new Uint8Array(length);
    await this.zip.readRange(entry, from, bytes);
    return bytes;
  }
}

/** The one folder of the archive; a TorchScript program and a big-endian file are told apart by their entries. */
async function findTop(zip: ZipReader): Promise<string> {
  const pickle = [...zip.entries.keys()].find((name) => /^[^/]+\/data\.pkl$/.test(name));
  const top = pickle?.slice(0, -'/data.pkl'.length);
  if (top === undefined)
    throw new MdfeError({
      code: 'torch-bin/not-torch',
      what: 'a zip archive, but not a PyTorch checkpoint',
      where: zip.path,
      expected: 'an entry FOLDER/data.pkl',
      got: [...zip.entries.keys()].slice(0, 5).join(', ') || 'an empty archive',
      todo: 'give the checkpoint itself (.safetensors, .bin, .pt or .pth)',
    });
  if (zip.entries.has(`${top}/constants.pkl`))
    throw new MdfeError({
      code: 'torch-bin/torchscript',
      what: 'this is a TorchScript program, not a checkpoint',
      where: zip.path,
      expected: 'a state dict as torch.save writes it, or safetensors',
      todo: 'save its weights with Python: torch.save(torch.jit.load(FILE).state_dict(), NEW_FILE)',
    });
  const order = zip.entries.get(`${top}/byteorder`);
  if (order && new TextDecoder().decode(await zip.read(order, 64)) !== 'little')
    throw new MdfeError({
      code: 'torch-bin/big-endian',
      what: 'this checkpoint was written on a big-endian machine and cannot be read',
      where: zip.path,
      todo: 'load and save it again with Python on an ordinary (little-endian) machine',
    });
  return top;
}

/** The number 0x1950a86a20f9469cfc6c, pickled with protocol 2. */
const LEGACY_MAGIC = Buffer.from('80028a0a6cfc9c46f9206aa85019', 'hex');

/** Checkpoints from before torch 1.6 start with a pickled magic number; older ones still are tar archives. */
async function refuseLegacy(path: string): Promise<void> {
  const start = await readStart(path);
  const isMagic = Buffer.from(start.subarray(0, LEGACY_MAGIC.length)).equals(LEGACY_MAGIC);
  const isTar = new TextDecoder('latin1').decode(start.subarray(257, 262)) === 'ustar';
  if (!isMagic && !isTar) return;
  throw new MdfeError({
    code: 'torch-bin/legacy',
    what: 'this checkpoint is in the format that PyTorch used before version 1.6, which cannot be read',
    where: path,
    expected: 'a zip archive as torch.save writes it since 1.6, or safetensors',
    todo: "save it again with Python: torch.save(torch.load(FILE, map_location='cpu', weights_only=True), NEW_FILE)",
  });
}

async function readStart(path: string): Promise<Uint8Array> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, 'r');
  } catch (cause) {
    if (!isSystemError(cause, 'ENOENT')) throw cause;
    throw new MdfeError({
      code: 'torch-bin/not-found',
      what: 'there is no such file',
      where: path,
      todo: 'check the path',
      cause,
    });
  }
  try {
    const start = new Uint8Array(512);
    const { bytesRead } = await file.read(start, 0, start.length, 0);
    return start.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
