import { PickleGlobal, PickleObject, type PickleValue, type Vocabulary } from '../pickle.ts';
import type { Dtype } from '../safetensors.ts';
import { Storage, TensorView } from './tensor.ts';

/** Element types by the name of torch's storage class and of torch's dtype. */
const TYPES: readonly (readonly [storage: string, dtype: string, ours: Dtype])[] = [
  ['FloatStorage', 'float32', 'F32'],
  ['DoubleStorage', 'float64', 'F64'],
  ['HalfStorage', 'float16', 'F16'],
  ['BFloat16Storage', 'bfloat16', 'BF16'],
  ['LongStorage', 'int64', 'I64'],
  ['IntStorage', 'int32', 'I32'],
  ['ShortStorage', 'int16', 'I16'],
  ['CharStorage', 'int8', 'I8'],
  ['ByteStorage', 'uint8', 'U8'],
  ['BoolStorage', 'bool', 'BOOL'],
];

class StorageType extends PickleGlobal {
  readonly dtype: Dtype;

  constructor(name: string, dtype: Dtype) {
    super(name);
    this.dtype = dtype;
  }
}

/** All that a checkpoint's pickle may mention. Nothing here touches anything outside the values it is given. */
export const TORCH_VOCABULARY: Vocabulary = {
  globals: new Map(
    [
      new PickleGlobal('collections.OrderedDict', orderedDict),
      new PickleGlobal('torch._utils._rebuild_tensor_v2', rebuildTensor),
      new PickleGlobal('torch._utils._rebuild_parameter', ([data]) => {
        if (!(data instanceof TensorView)) throw new Error('a parameter that is not a tensor');
        return data;
      }),
      new PickleGlobal('torch.Size', ([sizes]) => [...counts(sizes, 'a torch.Size')]),
      ...TYPES.map(([storage, , ours]) => new StorageType(`torch.${storage}`, ours)),
      ...TYPES.map(([, dtype]) => new PickleGlobal(`torch.${dtype}`)),
    ].map((global) => [global.name, global]),
  ),
  persistent: storage,
};

/** The id is ('storage', storage class, key, device, elements). */
function storage(id: PickleValue): Storage {
  const [kind, type, key, , count] = Array.isArray(id) ? (id as readonly PickleValue[]) : [];
  if (kind !== 'storage' || typeof key !== 'string' || typeof count !== 'number')
    throw new Error('a reference that is not to a tensor storage');
  if (!(type instanceof StorageType))
    throw new Error(`a storage of the type ${type instanceof PickleObject ? type.name : String(type)}`);
  if (!Number.isSafeInteger(count) || count < 0) throw new Error('a storage of an impossible size');
  return new Storage(key, type.dtype, count);
}

/** torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks, ...) */
function rebuildTensor([storage, offset, size, stride]: readonly PickleValue[]): TensorView {
  if (!(storage instanceof Storage)) throw new Error('a tensor without a storage');
  const [first] = counts([offset ?? null], 'a tensor offset');
  const view = new TensorView(
    storage,
    first!,
    counts(size, 'a tensor shape'),
    counts(stride, 'a tensor stride'),
  );
  if (view.shape.length !== view.stride.length) throw new Error('a tensor whose shape and stride do not fit');
  // Also bounds what a stride of 0 can be blown up to.
  if (view.count > storage.count || first! + view.span > storage.count)
    throw new Error(
      `a tensor [${view.shape.join(', ')}] that is larger than its storage of ${storage.count}`,
    );
  return view;
}

function counts(values: PickleValue | undefined, what: string): readonly number[] {
  const valid = (n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0;
  if (!Array.isArray(values) || !values.every(valid)) throw new Error(`${what} that is not whole numbers`);
  return values as readonly number[];
}

/** OrderedDict() or, from old Pythons, OrderedDict([[key, value], ...]). */
function orderedDict([pairs]: readonly PickleValue[]): PickleValue {
  const dict = new Map<string, PickleValue>();
  for (const pair of Array.isArray(pairs) ? (pairs as readonly PickleValue[]) : []) {
    const [key, value] = Array.isArray(pair) ? (pair as readonly PickleValue[]) : [];
    if (typeof key !== 'string' || value === undefined) throw new Error('an OrderedDict of something odd');
    dict.set(key, value);
  }
  return dict;
}
