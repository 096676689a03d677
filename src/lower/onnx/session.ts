import type { InferenceSession } from 'onnxruntime-node';
import { internalError, MdfeError } from '../../common/errors.ts';
import { OUTPUT_NAME } from './lower.ts';
import { onnxRuntime } from './runtime.ts';

export interface SessionOptions {
  /** Threads inside one operator; by default all cores. */
  readonly threads?: number | undefined;
  /** ONNX Runtime's execution providers, best first; by default the CPU. */
  readonly providers?: readonly string[] | undefined;
  /**
   * Keep a second copy of the weights in the layout that matrix products like best: a few per cent faster, twice the
   * memory.
   */
  readonly prepack?: boolean | undefined;
}

export interface BackboneSession {
  /** Normalised pixels [N, 3, S, S] -> features [N, width]; blocks the calling thread meanwhile. */
  run(
    pixels: Float32Array,
    shape: readonly [n: number, channels: 3, height: number, width: number],
  ): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Core ML's older format computes in 16 bits; its ML Programs keep to the types of the model (COREML_FLAG_CREATE_MLPROGRAM). */
const OPTIONS: Readonly<Record<string, InferenceSession.ExecutionProviderConfig>> = {
  coreml: { name: 'coreml', coreMlFlags: 0x10 },
};

/**
 * @param model bytes that `lowerToOnnx` made
 * @param folder where the weight files lie
 */
export async function createSession(
  model: Uint8Array,
  folder: string,
  options: SessionOptions = {},
): Promise<BackboneSession> {
  const ort = await onnxRuntime();
  const threads = options.threads ?? 0;
  let session: Awaited<ReturnType<typeof ort.InferenceSession.create>>;
  try {
    session = await ort.InferenceSession.create(model, {
      executionProviders: (options.providers ?? ['cpu']).map((name) => OPTIONS[name] ?? name),
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      extra: {
        session: {
          model_external_initializers_file_folder_path: folder,
          disable_prepacking: options.prepack ? '0' : '1',
          // Waiting threads sleep: spinning would take the cores from image decoding.
          'intra_op.allow_spinning': '0',
        },
      },
    });
  } catch (cause) {
    throw new MdfeError({
      code: 'onnx/session',
      what: `ONNX Runtime could not load the network (${cause instanceof Error ? cause.message : String(cause)})`,
      where: folder,
      todo: 'check that the weight file is still there and complete; `mdfe doctor` lists the providers at hand',
      cause,
    });
  }
  const inputName = session.inputNames[0];
  if (inputName === undefined) throw internalError('the model has no input');
  return {
    async run(pixels, shape) {
      const results = await session.run({ [inputName]: new ort.Tensor('float32', pixels, shape) });
      const output = results[OUTPUT_NAME];
      if (!(output?.data instanceof Float32Array)) throw internalError('the model gave no float32 output');
      return output.data;
    },
    dispose: () => session.release(),
  };
}
