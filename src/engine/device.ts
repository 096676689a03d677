import { usageError } from '../common/errors.ts';
import { nearest } from '../common/suggest.ts';
import { ENGINE_NAMES, type EngineName, type EngineUse, type Provider, type StartOptions } from './names.ts';
import { ENGINES, enginesFor } from './table.ts';

/** What `--device` means for the trained part and for the frozen one. */
export interface DeviceRequest {
  /** Engines of the trained part, best first. */
  readonly candidates: readonly EngineName[];
  /** Providers of the frozen part, best first. */
  readonly providers: readonly Provider[];
  readonly options: StartOptions;
  /** The only CUDA device to be used; absent: all that are visible. */
  readonly cudaDevice?: number;
}

/**
 * Providers by themselves, best first. TensorRT and Core ML are left to those who ask: TensorRT compiles for minutes in
 * every process, and Core ML takes a transformer apart wherever it lacks an operator.
 */
const PREFERENCE: readonly Provider[] = ['cuda', 'dml', 'webgpu', 'cpu'];

/** Short words for engines; the engines' own names are accepted too. */
const SHORT: Readonly<Record<string, EngineName>> = {
  cuda: 'tfjs-node-gpu',
  webgpu: 'tfjs-webgpu',
  node: 'tfjs-node',
  wasm: 'tfjs-wasm',
};

/** Where each engine runs, a frozen backbone beside it runs too. */
const BESIDE: { readonly [N in EngineName]: Provider } = {
  'tfjs-node-gpu': 'cuda',
  'tfjs-webgpu': 'webgpu',
  kernels: 'cpu',
  'tfjs-node': 'cpu',
  'tfjs-wasm': 'cpu',
  'tfjs-cpu': 'cpu',
};

/** Words that only ONNX Runtime knows: they place a frozen backbone; neck and head train where `auto` puts them. */
const FROZEN_ONLY = ['tensorrt', 'dml', 'coreml'] as const satisfies readonly Provider[];

/** Values of `--device`, for help and completion. */
export const DEVICES: readonly string[] = [
  'auto',
  'cpu',
  'cuda',
  'cuda:N',
  ...Object.keys(SHORT).slice(1),
  ...FROZEN_ONLY,
];

/**
 * Understands `auto`, `cpu` (the best engine without a GPU), `cuda`, `cuda:N`, `webgpu` (software adapters too),
 * `node`, `wasm`, an engine's name, or a provider of the frozen part alone (`tensorrt`, `dml`, `coreml`).
 */
export function parseDevice(device: string, use: EngineUse): DeviceRequest {
  const word = device.trim().toLowerCase();
  const all = enginesFor(use);
  if (word === 'auto') return { candidates: all, providers: PREFERENCE, options: {} };
  if (word === 'cpu')
    return {
      candidates: all.filter((name) => ENGINES[name].kind === 'cpu'),
      providers: ['cpu'],
      options: {},
    };
  const indexed = /^(cuda|tensorrt):(\d+)$/.exec(word);
  const name = indexed?.[1] ?? word;
  const cudaDevice = indexed ? { cudaDevice: Number(indexed[2]) } : {};
  const provider = FROZEN_ONLY.find((p) => p === name);
  if (provider && use === 'finetune')
    throw usageError({
      code: 'engine/frozen-only',
      what: 'this device runs frozen backbones only, and here the backbone is trained',
      where: '--device',
      expected: 'auto, cpu, cuda, webgpu or the name of an engine (mdfe doctor)',
      got: device,
    });
  if (provider) return { candidates: all, providers: [provider], options: {}, ...cudaDevice };
  const engine = SHORT[name] ?? all.find((e) => e === name);
  if (engine)
    return {
      candidates: [engine],
      providers: [BESIDE[engine]],
      options: { allowSoftware: true },
      ...cudaDevice,
    };
  const words = [...DEVICES, ...ENGINE_NAMES];
  const suggestion = word === 'gpu' ? 'cuda (NVIDIA) or webgpu (any GPU)' : nearest(word, words);
  throw usageError({
    code: 'engine/unknown-device',
    what: 'there is no such device',
    where: '--device',
    expected: words.join(', '),
    got: device,
    ...(suggestion && { todo: `did you mean ${suggestion}?` }),
  });
}
