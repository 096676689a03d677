import { internalError } from '../../common/errors.ts';
import { writeZip, type ZipBytes, type ZipInput } from '../../formats/zip.ts';
import type { ScriptModule } from './lower.ts';
import type { ModuleTree } from './modules.ts';
import { PickleWriter } from './pickle-writer.ts';

/** A tensor of the archive, row-major and little-endian. */
export interface ScriptTensor {
  readonly dtype: 'F32' | 'F16';
  readonly shape: readonly number[];
  readonly data: ZipBytes;
}

/** What a weight is stored as, or rather, where its bytes come from when their turn comes. */
export type ScriptWeights = (name: string) => ScriptTensor;

const STORAGE = { F32: 'FloatStorage', F16: 'HalfStorage' } as const;
const BYTES = { F32: 4, F16: 2 } as const;
/** PyTorch 1.11 reads nothing newer than 9; below 4 the importer would rewrite divisions. */
const FORMAT_VERSION = '4\n';
const FOLDER = 'model';
/** An empty tuple. */
const NO_CONSTANTS = new PickleWriter().emptyTuple().finish();

/** Writes a `.pt` file beside `path` and renames it; memory use does not depend on its size. */
export async function writeTorchScript(
  path: string,
  module: ScriptModule,
  weights: ScriptWeights,
): Promise<void> {
  const storages: ScriptTensor[] = [];
  const pickle = pickleModule(module, weights, storages);
  await writeZip(path, [
    entry('data.pkl', pickle),
    entry('code/__torch__.py', new TextEncoder().encode(module.code)),
    ...storages.map((tensor, i) => ({
      name: `${FOLDER}/data/${i}`,
      size: byteLength(tensor),
      data: tensor.data,
    })),
    entry('constants.pkl', NO_CONSTANTS),
    entry('version', new TextEncoder().encode(FORMAT_VERSION)),
  ]);
}

const entry = (name: string, data: Uint8Array): ZipInput => ({
  name: `${FOLDER}/${name}`,
  size: data.length,
  data,
});

const count = ({ shape }: ScriptTensor) => shape.reduce((n, d) => n * d, 1);
export const byteLength = (tensor: ScriptTensor): number => count(tensor) * BYTES[tensor.dtype];

function pickleModule(module: ScriptModule, weights: ScriptWeights, storages: ScriptTensor[]): Uint8Array {
  const pickle = new PickleWriter();
  const write = (tree: ModuleTree): void => {
    pickle.object('__torch__', module.classOf(tree), () => {
      for (const [name, weight] of tree.parameters) {
        pickle.text(name);
        pickleTensor(pickle, weights(weight), storages);
      }
      pickle.text('training').bool(false);
      if (tree === module.root)
        for (const [name, { shape, attributes }] of module.constants) {
          const lengths = shape.map((d) => {
            if (d === 'N') throw internalError('a constant has no batch');
            return d;
          });
          const { buffer, byteOffset, byteLength } = attributes.data;
          const data = new Uint8Array(buffer, byteOffset, byteLength);
          pickle.text(name);
          pickleTensor(pickle, { dtype: 'F32', shape: lengths, data }, storages);
        }
      for (const [name, child] of tree.children) {
        pickle.text(name);
        write(child);
      }
    });
  };
  write(module.root);
  return pickle.finish();
}

/** `torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)` */
function pickleTensor(pickle: PickleWriter, tensor: ScriptTensor, storages: ScriptTensor[]): void {
  const key = storages.push(tensor) - 1;
  const ints = (values: readonly number[]) =>
    pickle.tuple(() => {
      for (const value of values) pickle.int(value);
    });
  pickle.global('torch._utils', '_rebuild_tensor_v2').tuple(() => {
    pickle.tuple(() => {
      pickle
        .text('storage')
        .global('torch', STORAGE[tensor.dtype])
        .text(String(key))
        .text('cpu')
        .int(count(tensor));
    });
    pickle.persistent().int(0);
    ints(tensor.shape);
    ints(strides(tensor.shape));
    pickle.bool(false).global('collections', 'OrderedDict').emptyTuple().reduce();
  });
  pickle.reduce();
}

function strides(shape: readonly number[]): number[] {
  let step = 1;
  return shape
    .toReversed()
    .map((d) => {
      const stride = step;
      step *= Math.max(1, d);
      return stride;
    })
    .toReversed();
}
