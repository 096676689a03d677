import { internalError } from '../common/errors.ts';
import type { NeckType } from '../config/names.ts';
import { GraphBuilder } from '../graph/builder.ts';
import type { Graph } from '../graph/ops.ts';
import { axisLength } from '../graph/shape.ts';
import { verify } from '../graph/verify.ts';
import { NECK_BIAS, NECK_WEIGHT } from '../train/probe/initial.ts';
import { poolingMatrix } from '../train/probe/pooling.ts';

/** Backbone and neck as one graph: normalised pixels -> embeddings [N, D]. Dropout is for training alone. */
export function inferenceGraph(backbone: Graph, neck: NeckType, embeddingDim: number): Graph {
  const g = GraphBuilder.extending(backbone);
  const features = backbone.output; // [N, W]
  const width = axisLength(features.shape, 1);
  const graph = g.finish(
    neck === 'pooling'
      ? g.matMul(
          features,
          g.constant('neck pooling', [width, embeddingDim], () => poolingMatrix(width, embeddingDim)),
        )
      : g.linear(features, g.weight(NECK_WEIGHT, [embeddingDim, width]), g.weight(NECK_BIAS, [embeddingDim])),
  );
  verify(graph);
  return graph;
}

/** Place of each weight in the packaged module: the backbone's under `backbone`, the neck's as published. */
export function statePaths(graph: Graph): Map<string, readonly string[]> {
  const paths = new Map<string, readonly string[]>();
  for (const name of graph.weights.keys())
    paths.set(name, isNeckWeight(name) ? name.split('.') : ['backbone', ...name.split('.')]);
  if (paths.size === 0) throw internalError('a network without weights cannot be packaged');
  return paths;
}

export const isNeckWeight = (name: string): boolean => name === NECK_WEIGHT || name === NECK_BIAS;
