import { availableParallelism } from 'node:os';

/**
 * Environment of a Node process that decodes images: sharp does so on libuv's threads, which are four unless
 * UV_THREADPOOL_SIZE says otherwise when the first of them starts; too late in the process itself.
 */
export function threadPoolEnvironment(env: NodeJS.ProcessEnv): { readonly UV_THREADPOOL_SIZE: string } {
  return { UV_THREADPOOL_SIZE: env.UV_THREADPOOL_SIZE ?? String(Math.max(4, availableParallelism())) };
}
