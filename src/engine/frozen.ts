import { firstLine, MdfeError } from '../common/errors.ts';
import type { Precision } from '../common/precision.ts';
import type { EngineReport } from '../run/events.ts';
import { describeCpu } from './cpu.ts';
import { EngineUnavailable, type Started, type StartOptions } from './names.ts';
import { tryApart } from './trial.ts';
import { findAdapter } from './webgpu-adapter.ts';

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
        const { device } = await tryApart({ provider, options: {} });
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
export async function startProvider(
  provider: string,
  { allowSoftware = false }: StartOptions = {},
): Promise<Started> {
  // ONNX Runtime takes a software adapter for a GPU and does not say which one it has.
  const gpu = provider === 'webgpu' ? await findAdapter(allowSoftware) : undefined;
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
  return { device: gpu?.device ?? (provider === 'cpu' ? describeCpu() : provider) };
}

/** The provider that the frozen backbone will run on, and why each better one will not. */
export interface ChosenProvider {
  readonly report: EngineReport;
  readonly providers: readonly string[];
  readonly threads?: number | undefined;
}

/** Best first. TensorRT is left to those who ask: it compiles for minutes at every new shape. */
const PREFERENCE = ['cuda', 'coreml', 'dml', 'webgpu', 'cpu'] as const;

/** Words of `--device` that name a provider of the frozen part; the trained part's CPU engines all mean `cpu`. */
const WANTED: Readonly<Record<string, readonly string[]>> = {
  auto: PREFERENCE,
  cuda: ['cuda'],
  'tfjs-node-gpu': ['cuda'],
  tensorrt: ['tensorrt'],
  webgpu: ['webgpu'],
  'tfjs-webgpu': ['webgpu'],
};

/**
 * Chooses the provider that `device` (`--device`) allows. What was asked for by name and cannot run is an error.
 */
export async function chooseFrozenEngine(request: {
  readonly device: string;
  readonly threads?: number | undefined;
  readonly precision?: Precision | undefined;
}): Promise<ChosenProvider> {
  const { listSupportedBackends } = await import('onnxruntime-node');
  const shipped = new Set(listSupportedBackends().map((b) => b.name));
  const wanted = WANTED[request.device.replace(/:\d+$/, '')] ?? ['cpu'];
  const { precision = 'fp32' } = request;
  const rejected: { name: string; reason: string }[] = [];
  for (const provider of wanted) {
    try {
      if (precision === 'int8' && provider !== 'cpu')
        throw new EngineUnavailable('--precision int8 computes on the CPU only');
      if (!shipped.has(provider)) throw new EngineUnavailable('not in this build of ONNX Runtime');
      const { device } =
        provider === 'cpu'
          ? { device: describeCpu(request.threads) }
          : await tryApart({ provider, options: { allowSoftware: request.device !== 'auto' } });
      return {
        report: {
          name: `onnxruntime ${provider}${precision === 'fp32' ? '' : `, ${precision}`}`,
          device,
          rejected,
        },
        providers: [provider],
        threads: request.threads,
      };
    } catch (error) {
      if (!(error instanceof EngineUnavailable)) throw error;
      rejected.push({ name: `onnxruntime ${provider}`, reason: error.message });
    }
  }
  throw new MdfeError({
    code: 'engine/not-available',
    what: 'the device that was asked for cannot run the backbone on this machine',
    where: `--device ${request.device}`,
    got: rejected.map((r) => `${r.name}: ${r.reason}`).join('; '),
    todo: 'let --device auto choose; mdfe doctor shows what is there',
  });
}
