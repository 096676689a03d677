import { firstLine, MdfeError } from '../common/errors.ts';
import type { Precision } from '../common/precision.ts';
import { encodeModel } from '../formats/onnx/model.ts';
import { onnxRuntime } from '../lower/onnx/runtime.ts';
import type { EngineReport } from '../run/events.ts';
import { describeCpu } from './cpu.ts';
import { cudaName, keepFloat32, useCudaDevice } from './cuda.ts';
import { parseDevice } from './device.ts';
import { EngineUnavailable, type Provider, type Started, type StartOptions } from './names.ts';
import { tryApart } from './trial.ts';
import { findAdapter } from './webgpu-adapter.ts';

/** What a provider says when it is tried. */
export interface ProviderTrial {
  readonly provider: Provider;
  readonly available: boolean;
  readonly device?: string;
  readonly reason?: string;
  readonly todo?: string;
}

/** y = x * x, x float32 [1]: an operator that every provider has. */
const SQUARE = encodeModel({
  opset: 17,
  domains: {},
  nodes: [{ op: 'Mul', domain: '', inputs: ['x', 'x'], output: 'y', attributes: {} }],
  initializers: [],
  inputs: [{ name: 'x', shape: [1] }],
  outputs: [{ name: 'y', shape: [1] }],
});

const ADVICE: { readonly [P in Provider]?: string } = {
  webgpu: 'install the GPU driver; on Linux also the Vulkan loader (libvulkan1)',
  cuda: 'install CUDA 12 with cuDNN 9, then: npm rebuild onnxruntime-node --ignore-scripts=false',
  tensorrt: 'install TensorRT 10 beside CUDA 12, then: npm rebuild onnxruntime-node --ignore-scripts=false',
};

/** Tries every provider that this platform's ONNX Runtime knows, each in a process of its own. */
export async function frozenEngines(): Promise<ProviderTrial[]> {
  let known: ReturnType<Awaited<ReturnType<typeof onnxRuntime>>['listSupportedBackends']>;
  try {
    known = (await onnxRuntime()).listSupportedBackends();
  } catch (error) {
    if (!(error instanceof MdfeError)) throw error;
    const { got, todo } = error.details;
    return [{ provider: 'cpu', available: false, reason: got ?? error.message, ...(todo && { todo }) }];
  }
  return Promise.all(
    known.map(async ({ name }): Promise<ProviderTrial> => {
      const provider = name as Provider;
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

/** Runs one node on the provider, in this process; throws when the provider cannot start or leaves the node to the CPU. */
export async function startProvider(
  provider: Provider,
  { allowSoftware = false, half = false }: StartOptions = {},
): Promise<Started> {
  if (half && provider === 'tensorrt')
    throw new EngineUnavailable(
      'onnxruntime-node cannot switch on its half precision',
      'use --device cuda for --precision fp16',
    );
  // ONNX Runtime takes a software adapter for a GPU and does not say which one it has.
  const gpu = provider === 'webgpu' ? await findAdapter(allowSoftware) : undefined;
  if (half && gpu && !gpu.half)
    throw new EngineUnavailable(`${gpu.device} does not compute in 16 bits (shader-f16)`);
  const ort = await onnxRuntime();
  let result: number | undefined;
  try {
    const session = await ort.InferenceSession.create(SQUARE, {
      executionProviders: [provider],
      logSeverityLevel: 4,
      ...(provider !== 'cpu' && { extra: { session: { disable_cpu_ep_fallback: '1' } } }),
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
  if (result !== 9) throw new EngineUnavailable(`it computes wrongly: 3 * 3 = ${result}`);
  return { device: gpu?.device ?? (await DEVICE[provider]()) };
}

/** The device in words, as far as anybody says which one it is. */
const DEVICE: { readonly [P in Provider]: () => string | Promise<string> } = {
  cpu: () => describeCpu(),
  cuda: cudaName,
  tensorrt: cudaName,
  webgpu: () => 'GPU (WebGPU)',
  dml: () => 'first GPU (DirectML)',
  coreml: () => 'Apple GPU and CPU (Core ML)',
};

/** The provider that the frozen backbone will run on, and why each better one will not. */
export interface ChosenProvider {
  readonly report: EngineReport;
  readonly providers: readonly string[];
  readonly threads?: number | undefined;
}

/** TensorRT leaves what it cannot compute to CUDA; nothing is left to the CPU by us. */
const WITH: { readonly [P in Provider]?: readonly Provider[] } = { tensorrt: ['tensorrt', 'cuda'] };

/**
 * Chooses the provider that `device` (`--device`) allows. What was asked for by name and cannot run is an error.
 */
export async function chooseFrozenEngine(request: {
  readonly device: string;
  readonly threads?: number | undefined;
  readonly precision?: Precision | undefined;
}): Promise<ChosenProvider> {
  const { providers: wanted, options, cudaDevice } = parseDevice(request.device, 'probe');
  const { listSupportedBackends } = await onnxRuntime();
  const shipped = new Set(listSupportedBackends().map((b) => b.name));
  const { precision = 'fp32' } = request;
  const rejected: { name: string; reason: string }[] = [];
  const todo: string[] = [];
  for (const provider of wanted) {
    try {
      if (precision === 'int8' && provider !== 'cpu')
        throw new EngineUnavailable('--precision int8 computes on the CPU only');
      if (!shipped.has(provider)) throw new EngineUnavailable('not in this build of ONNX Runtime');
      if (cudaDevice !== undefined) useCudaDevice(cudaDevice);
      const { device } =
        provider === 'cpu'
          ? { device: describeCpu(request.threads) }
          : await tryApart({ provider, options: { ...options, half: precision === 'fp16' } });
      if (precision === 'fp32' && (provider === 'cuda' || provider === 'tensorrt')) keepFloat32();
      return {
        report: {
          name: `onnxruntime ${provider}${precision === 'fp32' ? '' : `, ${precision}`}`,
          device,
          rejected,
        },
        providers: WITH[provider] ?? [provider],
        threads: request.threads,
      };
    } catch (error) {
      if (!(error instanceof EngineUnavailable)) throw error;
      rejected.push({ name: `onnxruntime ${provider}`, reason: error.message });
      if (error.todo) todo.push(error.todo);
    }
  }
  throw new MdfeError({
    code: 'engine/not-available',
    what: 'the device that was asked for cannot run the backbone on this machine',
    where: `--device ${request.device}`,
    got: rejected.map((r) => `${r.name}: ${r.reason}`).join('; '),
    todo: [...todo, 'or let --device auto choose; mdfe doctor shows what is there'].join('; '),
  });
}
