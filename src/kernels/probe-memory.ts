import { MdfeError } from '../common/errors.ts';
import { CONTROL_BYTES } from './fork-join.ts';
import { Arena, LARGEST_MEMORY } from './module.ts';
import { blockBytes, OWN_FIELDS, type OwnField, SHARED_FIELDS, type SharedField } from './probe-layout.ts';

/** What the size of a probe's memory depends on. */
export interface ProbeSizes {
  readonly width: number;
  readonly embeddingDim: number;
  readonly classes: number;
  /** Centres per class. */
  readonly centres: number;
  readonly batchSize: number;
  readonly linearNeck: boolean;
  /** The head's parameters per row of the batch. */
  readonly rowParameters: number;
  /** Running moments of the optimizer. */
  readonly moments: 0 | 1 | 2;
  /** Whether SAM needs a second copy of the weights. */
  readonly spare: boolean;
  readonly threads: number;
}

/** Where everything lies. Counts and addresses only: the factors change from step to step. */
export interface ProbePlan {
  /** Size of the whole memory. */
  readonly bytes: number;
  readonly control: number;
  readonly sharedBlock: number;
  readonly ownBlocks: readonly number[];
  readonly shared: Readonly<Record<SharedField, number>>;
  readonly own: readonly Readonly<Record<OwnField, number>>[];
}

/** Above this the numerators are computed twice instead of being kept from the forward to the backward stage. */
const KEPT_BYTES = 128 * 2 ** 20;

/** Choices are bytes. */
const MOST_CENTRES = 256;

export const padTo = (n: number, multiple: number) => Math.ceil(n / multiple) * multiple;

/**
 * Lays out a probe's memory.
 *
 * @throws MdfeError when the sizes are beyond 32-bit addresses or k is above 256
 */
export function planProbe(sizes: ProbeSizes): ProbePlan {
  const { classes, centres, threads } = sizes;
  if (centres > MOST_CENTRES)
    throw new MdfeError({
      code: 'kernels/too-many-centres',
      what: 'the CPU kernels keep the chosen sub-centre in a byte',
      where: 'MODEL.HEAD.k',
      expected: `k <= ${MOST_CENTRES}`,
      got: `k = ${centres}`,
      todo: 'lower k, or choose TensorFlow.js with --device wasm',
    });
  const batch = padTo(sizes.batchSize, 16);
  const dim = padTo(sizes.embeddingDim, 32);
  const width = padTo(sizes.width, 16);
  const tileClasses = classesPerTile(centres);
  const tiles = Math.ceil(classes / tileClasses);
  const padded = tiles * tileClasses;
  const line = dim * 4;
  const tileEntries = tileClasses * batch;

  const arena = new Arena();
  const floats = (n: number) => arena.take(n * 4);
  const copies = (needed: boolean, n: number) => (needed ? floats(n) : 0);
  const control = arena.take(CONTROL_BYTES);
  const sharedBlock = arena.take(blockBytes(SHARED_FIELDS));
  const ownBlocks = Array.from({ length: threads }, () => arena.take(blockBytes(OWN_FIELDS)));
  const keep = padded * batch * (centres > 1 ? 5 : 4) <= KEPT_BYTES;
  const neckFloats = sizes.linearNeck ? (width + 1) * dim : 0;
  const headFloats = (padded * centres + 1) * dim; // a line more: tiles are read in pairs of lines
  const gradientParts = Array.from({ length: threads }, () => floats(batch * dim));

  const shared: Record<SharedField, number> = {
    threads,
    batch,
    width,
    trueWidth: sizes.width,
    trueDim: sizes.embeddingDim,
    dim,
    classes,
    centres,
    tileClasses,
    tiles,
    linearNeck: sizes.linearNeck ? 1 : 0,
    keep: keep ? 1 : 0,
    entry: 0,
    update: 0,
    optimizer: 0,
    features: floats(batch * width),
    neckWeight: copies(sizes.linearNeck, neckFloats),
    neckFirst: copies(sizes.linearNeck && sizes.moments > 0, neckFloats),
    neckSecond: copies(sizes.linearNeck && sizes.moments > 1, neckFloats),
    neckSpare: copies(sizes.linearNeck && sizes.spare, neckFloats),
    headWeight: floats(headFloats),
    headFirst: copies(sizes.moments > 0, headFloats),
    headSecond: copies(sizes.moments > 1, headFloats),
    headSpare: copies(sizes.spare, headFloats),
    embedding: floats(batch * dim),
    embeddingPanels: floats(batch * dim),
    embeddingStrips: floats(batch * dim),
    inverseNorms: floats(batch),
    norms: floats(batch),
    inverseCentres: floats(padded * centres + 1),
    numerators: copies(keep, padded * batch),
    choices: keep && centres > 1 ? arena.take(padded * batch) : 0,
    labels: floats(batch),
    sortedLabels: floats(batch + 1),
    sortedRows: floats(batch),
    targetCosines: floats(batch),
    shifts: floats(batch),
    rowFactors: floats(batch),
    targetGradients: floats(batch),
    rowParameters: floats(batch * sizes.rowParameters),
    featureGradientStride: threads > 1 ? gradientParts[1]! - gradientParts[0]! : 0,
    featureGradients: gradientParts[0]!,
    scale: 0,
    rate: 0,
    secondScale: 0,
    momentum: 0,
    beta2: 0,
    epsilon: 0,
    coupledDecay: 0,
    keepFactor: 0,
    climb: 0,
  };
  const own = gradientParts.map(
    (featureGradient, thread): Record<OwnField, number> => ({
      thread,
      partition: floats(batch),
      featureGradient,
      squares: arena.take(8),
      cosines: floats(tileEntries * centres),
      best: floats(tileEntries),
      tileNumerators: copies(!keep, tileEntries),
      tileChoices: keep ? 0 : arena.take(tileEntries),
      gradients: floats(tileEntries),
      scaledGradients: floats(tileEntries),
      offsets: floats(tileEntries),
      pairs: arena.take(8 * (tileEntries + tileClasses * centres)),
      pairBytes: floats(tileClasses * centres),
      centreGradients: floats(tileClasses * centres * dim),
      embeddingGradient: arena.take(batch * line),
      columns: floats(16 * batch),
      lines: floats(2 * dim),
    }),
  );
  if (arena.bytes > LARGEST_MEMORY) throw tooLarge(sizes, arena.bytes, headFloats * 4);
  return { bytes: arena.bytes, control, sharedBlock, ownBlocks, shared, own };
}

/** An even number of classes, so that lines come in pairs; about 48 centres keep a tile in the caches near the core. */
function classesPerTile(centres: number): number {
  return Math.max(2, 2 * Math.round(24 / centres));
}

function tooLarge(sizes: ProbeSizes, bytes: number, headBytes: number): MdfeError {
  const gib = (n: number) => `${(n / 2 ** 30).toFixed(2)} GiB`;
  const copies = 1 + sizes.moments + (sizes.spare ? 1 : 0);
  return new MdfeError({
    code: 'kernels/too-large',
    what: 'this head does not fit into the memory that WebAssembly can address',
    expected: `at most ${gib(LARGEST_MEMORY)}`,
    got:
      `${gib(bytes)}: ${sizes.classes} classes x ${sizes.centres} centres x ${sizes.embeddingDim} numbers are ` +
      `${gib(headBytes)}, and the optimizer needs ${copies} of them`,
    todo:
      'train on a GPU (--device cuda or webgpu) or with @tensorflow/tfjs-node, which have no such limit; ' +
      'or lower MODEL.HEAD.k, MODEL.embedding_dim, or choose SGD',
  });
}

/** Writes a block of parameters; `values` need only name what changes. */
export function writeBlock<F extends string>(
  memory: WebAssembly.Memory,
  address: number,
  fields: Readonly<Record<F, 'u32' | 'f32'>>,
  values: Partial<Readonly<Record<F, number>>>,
): void {
  const view = new DataView(memory.buffer, address, blockBytes(fields));
  let at = 0;
  for (const name in fields) {
    const value = values[name];
    if (value !== undefined && fields[name] === 'u32') view.setUint32(at, value, true);
    if (value !== undefined && fields[name] === 'f32') view.setFloat32(at, value, true);
    at += 4;
  }
}
