import { usageError } from '../common/errors.ts';
import { nearest } from '../common/suggest.ts';
import { ENGINE_NAMES, type EngineName, type EngineUse, type StartOptions } from './names.ts';
import { ENGINES, enginesFor } from './table.ts';

/** What `--device` means: the engines that satisfy it, best first, and how to start them. */
export interface DeviceRequest {
  readonly candidates: readonly EngineName[];
  readonly options: StartOptions;
}

/** Short words; the engines' own names are accepted too. */
const SHORT: Readonly<Record<string, readonly EngineName[]>> = {
  cuda: ['tfjs-node-gpu'],
  webgpu: ['tfjs-webgpu'],
  node: ['tfjs-node'],
  wasm: ['tfjs-wasm'],
};

/** Values of `--device`, for help and completion. */
export const DEVICES: readonly string[] = ['auto', 'cpu', 'cuda', 'cuda:N', ...Object.keys(SHORT).slice(1)];

/**
 * Understands `auto`, `cpu` (the best engine without a GPU), `cuda`, `cuda:N`, `webgpu` (software adapters too),
 * `node`, `wasm`, or an engine's name.
 */
export function parseDevice(device: string, use: EngineUse): DeviceRequest {
  const word = device.trim().toLowerCase();
  const all = enginesFor(use);
  if (word === 'auto') return { candidates: all, options: {} };
  if (word === 'cpu') return { candidates: all.filter((name) => ENGINES[name].kind === 'cpu'), options: {} };
  const cuda = /^cuda:(\d+)$/.exec(word);
  if (cuda) return { candidates: ['tfjs-node-gpu'], options: { cudaDevice: Number(cuda[1]) } };
  const named = SHORT[word] ?? all.filter((name) => name === word);
  if (named.length) return { candidates: named, options: { allowSoftware: true } };
  const words = [...DEVICES, ...ENGINE_NAMES];
  const suggestion = nearest(word, words);
  throw usageError({
    code: 'engine/unknown-device',
    what: 'there is no such device',
    where: '--device',
    expected: words.join(', '),
    got: device,
    ...(suggestion && { todo: `did you mean ${suggestion}?` }),
  });
}
