import { internalError } from '../common/errors.ts';
import type { TensorFile } from '../formats/safetensors.ts';
import { peakLiveValues } from '../graph/live-values.ts';
import { type Graph, parameterCount } from '../graph/ops.ts';
import { print } from '../graph/print.ts';
import { simplify } from '../graph/rewrites/simplify.ts';
import { shapeText } from '../graph/shape.ts';
import { lowerToOnnx, weightsFolder } from '../lower/onnx/lower.ts';
import { int8File } from './int8-file.ts';
import type { FrozenBackbone } from './request.ts';

const FLOAT = 4; // bytes

/** A network (pixels [N, 3, S, S] -> [N, width]) with its checkpoint, for prepareFeatures. */
export function frozenBackbone(graph: Graph, weights: TensorFile): FrozenBackbone {
  const [, width] = graph.output.shape;
  if (graph.output.shape.length !== 2 || typeof width !== 'number')
    throw internalError(`a backbone gives [N, width], not ${shapeText(graph.output.shape)}`);
  const used = [...graph.weights.keys()].map((name) => weights.tensors.get(name));
  const weightFiles = [...new Set(used.map((entry) => entry?.path ?? weights.path))];
  const lean = simplify(graph);
  return {
    graphText: print(graph),
    load: async (precision, cacheDir, portable = false) => {
      const file = precision === 'int8' ? await int8File(lean, weights, weightFiles, cacheDir) : weights;
      return {
        model: lowerToOnnx(lean, file, { half: precision === 'fp16', portable }),
        weightsFolder: weightsFolder(file),
      };
    },
    weightFiles,
    width,
    valueBytes: FLOAT * peakLiveValues(lean),
    portableValueBytes: FLOAT * peakLiveValues(lean, false),
    weightBytes: FLOAT * parameterCount(graph),
    mapped: used.every((entry) => entry?.dtype === 'F32'),
  };
}
