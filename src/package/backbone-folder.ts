import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../common/atomic-file.ts';
import { usageError } from '../common/errors.ts';
import type { Config } from '../config/schema/index.ts';
import { readEntry, type TensorFile, type TensorToWrite, writeSafetensors } from '../formats/safetensors.ts';
import { type Graph, parameterCount } from '../graph/ops.ts';
import { localDirOf } from '../hub/index.ts';
import { findTag, requireModel } from '../models/registry.ts';
import { backboneOf } from '../train/finetune/saved-name.ts';
import { checkCheckpoint, type OpenRun } from './from-run.ts';
import { inferenceGraph } from './inference-graph.ts';
import { prepareOutput } from './output.ts';
import type { StoredType } from './weights.ts';

/** A folder that `model_name: local-dir:DIR` names; timm loads it too where the model is one of timm's. */
export interface BackboneFolder {
  readonly weights: string;
  readonly config: string;
  readonly parameters: number;
}

/** Room for what is not weights, bytes. */
const OVERHEAD = 1 << 20;
const BYTES = { F32: 4, F16: 2 } as const;

/**
 * Writes the backbone that a run trained, without neck and head: `model.safetensors` under the published names and the
 * `config.json` that timm.models.save_for_hf writes beside it.
 * @throws usage error `package/frozen-backbone` where the run trained none
 */
export async function writeBackboneFolder(
  { config, checkpoint, backbone: { graph } }: OpenRun,
  { dir, dtype, force }: { readonly dir: string; readonly dtype: StoredType; readonly force: boolean },
): Promise<BackboneFolder> {
  const { BACKBONE, NECK, embedding_dim } = config.MODEL;
  if (BACKBONE.freeze_backbone)
    throw usageError({
      code: 'package/frozen-backbone',
      what: 'this run trained no backbone: its backbone is the published one',
      where: 'MODEL.BACKBONE.freeze_backbone: True',
      todo: 'package neck and backbone together with --format pt or onnx',
    });
  checkCheckpoint(inferenceGraph(graph, NECK.neck_type, embedding_dim), checkpoint, config);
  const paths = { weights: join(dir, 'model.safetensors'), config: join(dir, 'config.json') };
  const parameters = parameterCount(graph);
  await prepareOutput(dir, {
    files: Object.values(paths),
    bytes: parameters * BYTES[dtype] + OVERHEAD,
    force,
  });
  const description = await describeBackbone(config, graph);
  await writeSafetensors(paths.weights, tensorsOf(graph, backboneOf(checkpoint), dtype), { format: 'pt' });
  await writeAtomically(paths.config, `${JSON.stringify(description, null, 2)}\n`);
  return { ...paths, parameters };
}

function* tensorsOf(
  graph: Graph,
  { tensors }: TensorFile,
  dtype: StoredType,
): Generator<readonly [string, TensorToWrite]> {
  for (const name of graph.weights.keys()) {
    const entry = tensors.get(name)!; // checkCheckpoint has found it
    yield [name, { dtype, shape: entry.shape, data: () => readEntry(entry) }];
  }
}

/** The config.json of the folder that the run started from, or of the registered model. */
async function describeBackbone({ MODEL }: Config, graph: Graph): Promise<unknown> {
  const { model_name, type, weights, proj_layer } = MODEL.BACKBONE;
  const localDir = localDirOf(model_name);
  if (localDir !== undefined) return JSON.parse(await readFile(join(localDir, 'config.json'), 'utf8'));
  const found = requireModel(model_name, type);
  const { mean, std, imageSize } = findTag(found.model, weights) ?? found.weights ?? found.model;
  return {
    architecture: found.model.name,
    ...(proj_layer ? {} : { num_classes: 0 }), // no classifier for timm to add
    num_features: graph.output.shape[1],
    pretrained_cfg: { input_size: [3, imageSize, imageSize], mean, std },
  };
}
