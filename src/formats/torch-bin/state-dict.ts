import { MdfeError } from '../../common/errors.ts';
import type { PickleValue } from '../pickle.ts';
import { TensorView } from './tensor.ts';

/** Where training programs put the weights inside a larger checkpoint; timm looks in this order too. */
const WRAPPERS = ['state_dict_ema', 'model_ema', 'state_dict', 'model'] as const;

/** Put before every name by DistributedDataParallel. */
const PARALLEL_PREFIX = 'module.';

/** The weights of a checkpoint by name: from a plain state dict, or one wrapped in a training checkpoint. */
export function findStateDict(path: string, root: PickleValue): Map<string, TensorView> {
  const wrapped =
    root instanceof Map ? WRAPPERS.map((k) => root.get(k)).find((v) => v instanceof Map) : undefined;
  const dict = wrapped ?? root;
  const tensors = new Map<string, TensorView>();
  if (dict instanceof Map)
    for (const [name, value] of dict)
      if (typeof name === 'string' && value instanceof TensorView) tensors.set(name, value);
  if (tensors.size === 0)
    throw new MdfeError({
      code: 'torch-bin/no-weights',
      what: 'this file holds no named tensors',
      where: path,
      expected: `a state dict, at the top or under ${WRAPPERS.join(', ')}`,
      got: summary(root),
      todo: 'save the weights alone: torch.save(model.state_dict(), FILE)',
    });
  if (![...tensors.keys()].every((name) => name.startsWith(PARALLEL_PREFIX))) return tensors;
  return new Map([...tensors].map(([name, view]) => [name.slice(PARALLEL_PREFIX.length), view]));
}

function summary(value: PickleValue): string {
  if (!(value instanceof Map))
    return Array.isArray(value) ? `a sequence of ${value.length}` : 'a single value';
  const keys = [...value.keys()].slice(0, 8).map(String);
  return `a dictionary with ${keys.join(', ')}${value.size > keys.length ? ', ...' : ''}`;
}
