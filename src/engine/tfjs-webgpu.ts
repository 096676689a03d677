import { EngineUnavailable, type Started, type StartOptions } from './names.ts';
import { activate, firstLine } from './tfjs.ts';

/** TensorFlow.js on any GPU through Dawn, the WebGPU implementation of Chromium, packaged for Node. */
export async function startWebgpu({ allowSoftware = false }: StartOptions): Promise<Started> {
  const dawn = await import('webgpu').catch((error: unknown) => {
    throw new EngineUnavailable(
      `the package webgpu does not load: ${firstLine(error)}`,
      'Dawn has no build for this platform; use another engine',
      error,
    );
  });
  Object.assign(globalThis, dawn.globals);
  const gpu = dawn.create([]);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter)
    throw new EngineUnavailable(
      'no GPU adapter was found',
      'install the GPU driver; on Linux also the Vulkan loader (libvulkan1)',
    );
  const { description, device, vendor, isFallbackAdapter } = adapter.info;
  const name = description || device || vendor || 'unknown adapter';
  const software = isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|basic render/i.test(name);
  if (software && !allowSoftware)
    throw new EngineUnavailable(
      `only a software adapter was found (${name})`,
      'install the GPU driver, or ask for it with --device webgpu',
    );
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
  await import('@tensorflow/tfjs-backend-webgpu');
  await activate('webgpu');
  return { device: `${name} (WebGPU${software ? ', software' : ''})` };
}
