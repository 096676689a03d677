import { ENGINE_NAMES } from '../src/engine/names.ts';
import { ENGINES } from '../src/engine/table.ts';

/**
 * Starts the TensorFlow.js engine that the tests compute on: `MDFE_TEST_ENGINE` (default `tfjs-wasm`), software
 * adapters allowed.
 */
export async function startTfjs(): Promise<void> {
  const wanted = process.env.MDFE_TEST_ENGINE ?? 'tfjs-wasm';
  const name = ENGINE_NAMES.find((n) => n === wanted);
  if (!name)
    throw new Error(`MDFE_TEST_ENGINE names no engine: ${wanted}; there are ${ENGINE_NAMES.join(', ')}`);
  await ENGINES[name].start({ allowSoftware: true });
}
