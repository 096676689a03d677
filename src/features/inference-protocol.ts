/** What the inference worker is started with. */
export interface InferenceSetup {
  readonly model: Uint8Array;
  readonly weightsFolder: string;
  readonly providers: readonly string[];
  readonly threads: number | undefined;
  readonly prepack: boolean;
  /** Always run a whole batch; what is not asked for is dropped. */
  readonly compiled: boolean;
  /** Batches [slots, 3, size, size], float32, shared with the decoding workers. */
  readonly batches: readonly SharedArrayBuffer[];
  /** Image side, pixels. */
  readonly size: number;
}

/** Run the first `count` slots of a batch. */
export interface InferenceJob {
  readonly batch: number;
  readonly count: number;
}

export type InferenceReply =
  /** [count, width] */
  | { readonly features: Float32Array }
  | { readonly error: { readonly text: string; readonly details: object | undefined } };
