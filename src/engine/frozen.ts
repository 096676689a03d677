import { describeCpu } from './cpu.ts';
import { EngineUnavailable, type Started } from './names.ts';
import { firstLine } from './tfjs.ts';
import { tryApart } from './trial.ts';

/** What an execution provider of ONNX Runtime says when it is tried: the frozen backbone runs on one of them. */
export interface ProviderTrial {
  /** `cpu`, `webgpu`, `cuda`, `tensorrt`, `dml`, `coreml` */
  readonly provider: string;
  readonly available: boolean;
  readonly device?: string;
  readonly reason?: string;
  readonly todo?: string;
}

/** An ONNX model of one node, y = -x, x float32 [1]: what a provider has to compute to be believed. */
const NEGATION = Buffer.from(
  '08083a320a0b0a017812017922034e65671201675a0f0a0178120a0a08080112040a020801620f0a0179120a0a08080112040a0208014202100d',
  'hex',
);

const ADVICE: Readonly<Record<string, string>> = {
  webgpu: 'install the GPU driver; on Linux also the Vulkan loader (libvulkan1)',
  cuda: 'install CUDA 12 with cuDNN 9, then: npm rebuild onnxruntime-node --ignore-scripts=false',
  tensorrt: 'install TensorRT 10 beside CUDA 12, then: npm rebuild onnxruntime-node --ignore-scripts=false',
};

/** Tries every provider that this platform's ONNX Runtime knows, each in a process of its own. */
export async function frozenEngines(): Promise<ProviderTrial[]> {
  const { listSupportedBackends } = await import('onnxruntime-node');
  return Promise.all(
    listSupportedBackends().map(async ({ name: provider }): Promise<ProviderTrial> => {
      try {
        const { device } = await tryApart({ provider });
        return { provider, available: true, device };
      } catch (error) {
        if (!(error instanceof EngineUnavailable)) throw error;
        const { message: reason, todo } = error;
        return { provider, available: false, reason, ...(todo && { todo }) };
      }
    }),
  );
}

/** Runs one node on the provider, in this process. ONNX Runtime throws when a provider named alone cannot start. */
export async function startProvider(provider: string): Promise<Started> {
  const ort = await import('onnxruntime-node');
  let result: number | undefined;
  try {
    const session = await ort.InferenceSession.create(NEGATION, {
      executionProviders: [provider],
      logSeverityLevel: 4,
    });
    const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.of(3), [1]) });
    result = Number(y!.data[0]);
    await session.release();
  } catch (error) {
    throw new EngineUnavailable(
      `ONNX Runtime cannot start it: ${firstLine(error).replace(/^\/.*? was false\. /, '')}`,
      ADVICE[provider],
      error,
    );
  }
  if (result !== -3) throw new EngineUnavailable(`it computes wrongly: -(3) = ${result}`);
  return { device: provider === 'cpu' ? describeCpu() : provider };
}
