import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describeCpu } from './cpu.ts';
import type { Started } from './names.ts';
import { activate } from './tfjs.ts';

/** TensorFlow.js on WebAssembly with SIMD; under Node it has one thread. */
export async function startWasm(): Promise<Started> {
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
  wasm.setWasmPaths(`${join(dirname(manifest), 'wasm-out')}/`);
  await activate('wasm');
  return { device: describeCpu(1) };
}

/** TensorFlow.js in plain JavaScript: always there, very slow. */
export async function startCpu(): Promise<Started> {
  await import('@tensorflow/tfjs-backend-cpu');
  await activate('cpu');
  return { device: describeCpu(1) };
}
