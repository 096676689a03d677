import { readFileSync } from 'node:fs';
import { distFile } from '../common/dist.ts';

/** The kernels that `npm run build` makes, one WebAssembly module each. */
export type KernelName = 'probe' | 'search' | 'resize' | 'float16';

/** That which is also built with relaxed SIMD: its fused multiply-add was measured to win. */
const RELAXED: ReadonlySet<KernelName> = new Set<KernelName>(['probe']);

const compiled = new Map<KernelName, WebAssembly.Module>();

/** A compiled kernel; compiled once per process and thread (a few milliseconds). */
export function kernelModule(name: KernelName): WebAssembly.Module {
  let module = compiled.get(name);
  if (!module) {
    module = new WebAssembly.Module(kernelBytes(name));
    compiled.set(name, module);
  }
  return module;
}

/** Whether this Node runs a kernel's build with relaxed SIMD (Node 22 and newer do). */
export function usesRelaxedSimd(name: KernelName): boolean {
  return RELAXED.has(name) && WebAssembly.validate(readFileSync(distFile(`kernels/${name}.relaxed.wasm`)));
}

function kernelBytes(name: KernelName) {
  return readFileSync(distFile(`kernels/${name}${usesRelaxedSimd(name) ? '.relaxed' : ''}.wasm`));
}

/** Bytes of a WebAssembly page. */
export const PAGE = 65_536;
/** What 32-bit addresses reach. */
export const LARGEST_MEMORY = 65_536 * PAGE;

/** Every kernel imports its memory, sized once: it never grows, so views stay valid. */
export function sharedMemory(bytes: number): WebAssembly.Memory {
  return new WebAssembly.Memory({ ...pagesOf(bytes), shared: true });
}

/** Memory of one thread: copies in and out are faster. */
export function localMemory(bytes: number): WebAssembly.Memory {
  return new WebAssembly.Memory(pagesOf(bytes));
}

function pagesOf(bytes: number) {
  const pages = Math.max(1, Math.ceil(bytes / PAGE));
  return { initial: pages, maximum: pages };
}

/** Hands out consecutive addresses, aligned to a cache line pair so that threads do not share lines. */
export class Arena {
  /** The first kilobyte stays free, so that address 0 is nobody's. */
  bytes = 1024;

  take(bytes: number): number {
    const at = this.bytes;
    this.bytes += Math.ceil(bytes / 128) * 128;
    return at;
  }
}
