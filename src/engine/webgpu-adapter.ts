import { firstLine } from '../common/errors.ts';
import { EngineUnavailable } from './names.ts';

/**
 * The machine's best GPU through Dawn, the WebGPU implementation of Chromium, packaged for Node. Also sets the
 * globals of WebGPU. A software adapter counts only when it was asked for: it is slower than the CPU engines.
 * `half`: it computes in 16 bits.
 */
export async function findAdapter(
  allowSoftware: boolean,
): Promise<{ readonly gpu: GPU; readonly device: string; readonly half: boolean }> {
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
  const half = adapter.features.has('shader-f16');
  return { gpu, device: `${name} (WebGPU${software ? ', software' : ''})`, half };
}
