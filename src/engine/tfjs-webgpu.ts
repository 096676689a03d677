import type { Started, StartOptions } from './names.ts';
import { findAdapter } from './webgpu-adapter.ts';

/** TensorFlow.js on any GPU through WebGPU. */
export async function startWebgpu({ allowSoftware = false }: StartOptions): Promise<Started> {
  const { gpu, device } = await findAdapter(allowSoftware);
  // The TensorFlow.js back end expects a browser's globals.
  Object.defineProperty(globalThis, 'navigator', {
    value: { gpu, userAgent: 'node' },
    configurable: true,
    writable: true,
  });
  globalThis.requestAnimationFrame ??= (callback) => {
    setImmediate(callback, performance.now());
    return 0;
  };
  // Behind the search: most machines without a GPU need not load TensorFlow.js to find none.
  const { activate } = await import('./tfjs.ts');
  await import('@tensorflow/tfjs-backend-webgpu');
  await activate('webgpu');
  return { device };
}
