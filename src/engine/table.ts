import { ENGINE_NAMES, type EngineName, type EngineUse, type Started, type StartOptions } from './names.ts';

export interface EngineDefinition {
  /** One line for people. */
  readonly what: string;
  readonly kind: 'gpu' | 'cpu';
  /** Loads native code or a driver that can crash or hang: tried in a process of its own first. */
  readonly isolated: boolean;
  /** Optional package that it needs. */
  readonly needs?: string;
  readonly uses: readonly EngineUse[];
  /** Starts it in this process; throws `EngineUnavailable` where it cannot run. */
  readonly start: (options: StartOptions) => Promise<Started>;
}

const both: readonly EngineUse[] = ['probe', 'finetune'];

/** Every engine of the trained part. To add one: its name in `names.ts`, a row here, and a probe in `train/probe`. */
export const ENGINES: { readonly [N in EngineName]: EngineDefinition } = {
  'tfjs-node-gpu': {
    what: 'TensorFlow on an NVIDIA GPU',
    kind: 'gpu',
    isolated: true,
    needs: '@tensorflow/tfjs-node-gpu',
    uses: both,
    start: async () => (await import('./tfjs-node.ts')).startNodeGpu(),
  },
  'tfjs-webgpu': {
    what: 'TensorFlow.js on any GPU through WebGPU',
    kind: 'gpu',
    isolated: true,
    uses: both,
    start: async (options) => (await import('./tfjs-webgpu.ts')).startWebgpu(options),
  },
  kernels: {
    what: 'our own WebAssembly SIMD kernels on all cores',
    kind: 'cpu',
    isolated: false,
    uses: ['probe'],
    start: async (options) => (await import('./kernels.ts')).startKernels(options),
  },
  'tfjs-node': {
    what: 'TensorFlow on the CPU',
    kind: 'cpu',
    isolated: true,
    needs: '@tensorflow/tfjs-node',
    uses: both,
    start: async () => (await import('./tfjs-node.ts')).startNode(),
  },
  'tfjs-wasm': {
    what: 'TensorFlow.js on WebAssembly, one thread',
    kind: 'cpu',
    isolated: false,
    uses: both,
    start: async () => (await import('./tfjs-wasm.ts')).startWasm(),
  },
  'tfjs-cpu': {
    what: 'TensorFlow.js in plain JavaScript',
    kind: 'cpu',
    isolated: false,
    uses: both,
    start: async () => (await import('./tfjs-wasm.ts')).startCpu(),
  },
};

/** Engines for a use, best first. */
export function enginesFor(use: EngineUse): EngineName[] {
  return ENGINE_NAMES.filter((name) => ENGINES[name].uses.includes(use));
}
