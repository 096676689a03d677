import { kernelModule, usesRelaxedSimd } from '../kernels/module.ts';
import { kernelThreads } from '../kernels/threads.ts';
import { describeCpu } from './cpu.ts';
import { EngineUnavailable, type Started, type StartOptions } from './names.ts';

/** Our own kernels: WebAssembly with SIMD and shared memory, which every supported Node has. */
export async function startKernels({ threads }: StartOptions): Promise<Started> {
  const count = kernelThreads(threads);
  try {
    kernelModule('probe');
  } catch (cause) {
    if (!(cause instanceof WebAssembly.CompileError)) throw cause;
    throw new EngineUnavailable(
      'this processor or Node has no WebAssembly SIMD',
      'use Node 20 or newer',
      cause,
    );
  }
  return { device: `${describeCpu(count)}, ${usesRelaxedSimd('probe') ? 'relaxed SIMD' : 'SIMD'}` };
}
