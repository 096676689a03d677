import { formatBytes } from '../../common/bytes.ts';
import { counted } from '../../common/counted.ts';
import { MdfeError } from '../../common/errors.ts';
import { type Graph, type Node, parameterCount } from '../../graph/ops.ts';
import { type Segment, segments } from '../../graph/segments.ts';
import { elementsPerImage } from '../../graph/shape.ts';

const FLOAT = 4; // bytes
const GIB = 2 ** 30;

/** Bytes for a micro-batch's activations, and as many for a batch's traces, by TensorFlow.js back end. */
const ACTIVATIONS: Readonly<Record<string, number>> = { tensorflow: 4 * GIB, webgpu: 2 * GIB };
const ACTIVATIONS_ELSEWHERE = GIB;
/** On a CPU more images at once are no faster, they only leave the caches. */
const MOST_ON_CPU = 8;
/**
 * Numbers that live at the peak for each number of a result: TensorFlow.js keeps results, what their gradients need and
 * the gradients themselves until the backward pass ends. Measured on small ViTs: 5.8.
 */
const LIVE_PER_RESULT = 6;

/** What WebAssembly can address. */
const WASM_LIMIT = 4 * GIB;

/** The pieces that are differentiated one at a time. */
export function trainingSegments(graph: Graph): Segment[] {
  return segments(graph, elementsOf);
}

/** Bytes of what the backward pass of the largest segment needs of one image, about. */
export function activationBytes(graph: Graph): number {
  const sizes = trainingSegments(graph).map(({ nodes }) => nodes.reduce((sum, n) => sum + elementsOf(n), 0));
  return LIVE_PER_RESULT * FLOAT * Math.max(...sizes);
}

/** Bytes of the values between the segments of one image, which live from the forward to the backward pass. */
export function traceBytes(graph: Graph): number {
  return FLOAT * trainingSegments(graph).reduce((sum, { output }) => sum + elementsPerImage(output.shape), 0);
}

function elementsOf(node: Node): number {
  if (node.kind === 'weight' || node.kind === 'constant') return 0;
  const own = elementsPerImage(node.shape);
  if (node.kind !== 'attention') return own;
  const [query, key] = node.inputs;
  const tokens = key.shape.at(-2) as number;
  const width = query.shape.at(-1) as number;
  return own + (2 * node.attributes.heads * tokens * elementsPerImage(query.shape)) / width; // products, shares
}

/** Whether there is room to keep a whole batch's values between the segments. */
export function traceFits(graph: Graph, batchSize: number, backend: string): boolean {
  return batchSize * traceBytes(graph) <= (ACTIVATIONS[backend] ?? ACTIVATIONS_ELSEWHERE);
}

/** Images that are differentiated together when `--micro-batch` does not say. */
export function defaultMicroBatch(graph: Graph, backend: string, onGpu: boolean): number {
  const budget = ACTIVATIONS[backend] ?? ACTIVATIONS_ELSEWHERE;
  const fitting = Math.max(1, Math.floor(budget / activationBytes(graph)));
  return onGpu ? fitting : Math.min(MOST_ON_CPU, fitting);
}

/**
 * Refuses what cannot fit into WebAssembly's memory: it would end in the middle of the first step without a reason.
 * @param copies float32 numbers per parameter: itself, gradients, moments
 * @param trace bytes of the traces that are held at a time
 * @throws MdfeError `finetune/too-large`
 */
export function checkWasmMemory(graph: Graph, copies: number, microBatch: number, trace: number): void {
  const parameters = parameterCount(graph);
  const needed = parameters * copies * FLOAT + microBatch * activationBytes(graph) + trace;
  if (needed <= WASM_LIMIT) return;
  throw new MdfeError({
    code: 'finetune/too-large',
    what: 'this backbone cannot be trained in WebAssembly',
    where: '--device',
    expected: `at most ${formatBytes(WASM_LIMIT)}`,
    got: `about ${formatBytes(needed)}: ${parameters.toLocaleString('en')} parameters ${copies} times, and the activations of ${counted(microBatch, 'image')}`,
    todo: 'use a GPU (--device webgpu, cuda) or TensorFlow on the CPU (--device node; mdfe doctor says how), a smaller backbone or TRANSFORM.size, or set MODEL.BACKBONE.freeze_backbone to True',
  });
}
