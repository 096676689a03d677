/** Engines of the trained part, by what really computes. */
export const ENGINE_NAMES = [
  'tfjs-node-gpu',
  'tfjs-webgpu',
  'kernels',
  'tfjs-node',
  'tfjs-wasm',
  'tfjs-cpu',
] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** Execution providers of ONNX Runtime: the frozen backbone runs on one of them. */
export type Provider = 'cpu' | 'cuda' | 'tensorrt' | 'webgpu' | 'dml' | 'coreml';

/** What the engine is wanted for: neck and head on stored features, or the whole network. */
export type EngineUse = 'probe' | 'finetune';

export interface StartOptions {
  /** Let WebGPU run on a software adapter: right, but slower than every CPU engine. */
  readonly allowSoftware?: boolean;
  /** The GPU has to compute in 16 bits. */
  readonly half?: boolean;
  /** Threads of the CPU kernels; absent: the cores, at most 16. */
  readonly threads?: number | undefined;
}

/** An engine that runs in this process and has multiplied two matrices rightly. */
export interface Started {
  /** The device in words. */
  readonly device: string;
}

/** Why an engine cannot be used here, and what would change that. Expected on most machines; not an error. */
export class EngineUnavailable extends Error {
  readonly todo: string | undefined;

  constructor(reason: string, todo?: string, cause?: unknown) {
    super(reason, cause === undefined ? undefined : { cause });
    this.name = 'EngineUnavailable';
    this.todo = todo;
  }
}
