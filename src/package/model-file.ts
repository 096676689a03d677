import { writeAtomically } from '../common/atomic-file.ts';
import { MdfeError } from '../common/errors.ts';
import type { Graph } from '../graph/ops.ts';
import { lowerImageModel } from '../lower/onnx/image-model.ts';
import type { Preprocessing } from '../lower/preprocessing.ts';
import { writeTorchScript } from '../lower/torchscript/archive.ts';
import { lowerToTorchScript } from '../lower/torchscript/lower.ts';
import { statePaths } from './inference-graph.ts';
import type { PackedWeights } from './weights.ts';

/** What is packaged: raw pixels 0..255 [N, 3, H, W] of any size -> embeddings [N, D]. */
export interface InferenceModel {
  /** Backbone and neck. */
  readonly graph: Graph;
  readonly weights: PackedWeights;
  readonly preprocessing: Preprocessing;
}

export const MODEL_FORMATS = ['pt', 'onnx'] as const;
export type ModelFormat = (typeof MODEL_FORMATS)[number];

type Write = (path: string, model: InferenceModel) => Promise<void>;

/** Writes beside `path` and renames; weights pass through memory one at a time. */
export const WRITE_MODEL: { readonly [F in ModelFormat]: Write } = {
  pt: (path, { graph, weights, preprocessing }) =>
    writeTorchScript(path, lowerToTorchScript(graph, statePaths(graph), preprocessing), weights.get),
  onnx: writeOnnx,
};

/** Protocol Buffers' limit on a message, bytes. */
const PROTOBUF_LIMIT = 2 ** 31 - 1;

async function writeOnnx(path: string, { graph, weights, preprocessing }: InferenceModel): Promise<void> {
  const model = lowerImageModel(graph, weights.dtype, preprocessing);
  if (model.size > PROTOBUF_LIMIT)
    throw new MdfeError({
      code: 'package/onnx-too-large',
      what: 'the model does not fit into one ONNX file',
      where: path,
      expected: `at most ${PROTOBUF_LIMIT} bytes`,
      got: String(model.size),
      todo: weights.dtype === 'F32' ? 'use --half, or --format pt' : 'use --format pt',
    });
  await writeAtomically(path, async (file) => {
    await file.writeFile(model.start);
    for (const { name, header } of model.weights) {
      await file.writeFile(header);
      const { data } = weights.get(name);
      for await (const piece of data instanceof Uint8Array ? [data] : data()) await file.writeFile(piece);
    }
  });
}
