import type { Graph } from '../ops.ts';
import { fixQueries } from './fixed-query.ts';
import { narrow } from './narrow.ts';

/** The same function of the same weights (up to rounding) in fewer operations, for networks that are not trained. */
export function simplify(graph: Graph): Graph {
  return narrow(fixQueries(graph));
}
