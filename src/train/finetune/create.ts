import * as tf from '@tensorflow/tfjs-core';
import { optimizerMoments, usesSam } from '../../config/optimizer-moments.ts';
import type { ChosenEngine } from '../../engine/choose.ts';
import { ENGINES } from '../../engine/table.ts';
import { readTensor } from '../../formats/safetensors.ts';
import type { RunOptions } from '../../run/record.ts';
import type { OpenedBackbone } from '../open-backbone.ts';
import type { ProbeEngine, ProbeSpec } from '../probe/engine.ts';
import { checkWasmMemory, defaultMicroBatch, traceBytes, traceFits } from './memory.ts';
import { createTfjsFinetune } from './tfjs.ts';

/**
 * Backbone, neck and head on the engine that was chosen, starting from the backbone's weights.
 * @param dropout before the neck; 0 for a neck without
 * @throws MdfeError `finetune/too-large` for WebAssembly
 */
export async function createFinetune(
  { graph, weights, imageSize }: OpenedBackbone,
  probe: ProbeSpec,
  dropout: number,
  { name, report }: ChosenEngine,
  { microBatch: asked }: Pick<RunOptions, 'microBatch'>,
): Promise<ProbeEngine> {
  const onGpu = ENGINES[name].kind === 'gpu';
  const microBatch = Math.min(probe.batchSize, asked ?? defaultMicroBatch(graph, tf.getBackend(), onGpu));
  const keepTrace = traceFits(graph, probe.batchSize, tf.getBackend());
  const traced = traceBytes(graph) * (keepTrace ? probe.batchSize : microBatch);
  if (tf.getBackend() === 'wasm')
    checkWasmMemory(graph, copiesOfParameters(probe.optimizer), microBatch, traced);
  const read = async (tensor: string) => ({
    shape: weights.tensors.get(tensor)!.shape,
    data: await readTensor(weights, tensor),
  });
  return createTfjsFinetune({ graph, imageSize, probe, dropout, microBatch, keepTrace }, read, report);
}

/** Float32 numbers that live for each parameter: itself, its gradient (twice while adding up), moments, SAM's way back. */
function copiesOfParameters(optimizer: ProbeSpec['optimizer']): number {
  return 3 + optimizerMoments(optimizer).length + (usesSam(optimizer) ? 1 : 0);
}
