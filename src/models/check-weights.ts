import { counted } from '../common/counted.ts';
import { MdfeError } from '../common/errors.ts';
import type { Graph } from '../graph/ops.ts';
import { type Shape, sameShape, shapeText } from '../graph/shape.ts';
import { buildBackbone } from './build.ts';
import type { PublishedTensors } from './net.ts';
import { allModels, type ModelInfo } from './registry.ts';

/** Published parts that a backbone leaves out: classifier, projection, SAM's neck, training aids, the text tower. */
const LEFT_OUT = [/^(visual\.)?head\./, /^(visual\.)?proj$/, /^neck\./, /^mask_token$/, /^rope\./];

/** Number types that weights are read from. */
const FLOATS: ReadonlySet<string> = new Set(['F32', 'F16', 'BF16', 'F64']);

/**
 * Checks a checkpoint's header against a network before anything is loaded; the error names every missing, surplus
 * and wrong-shaped tensor, and the registered model that the checkpoint looks like.
 * @param where the checkpoint's path
 * @param modelName the network's model, which need not be suggested
 */
export function checkWeights(
  graph: Graph,
  published: PublishedTensors,
  where: string,
  modelName: string,
): void {
  const missing: Named[] = [];
  const wrong: Named[] = [];
  for (const [name, { shape }] of graph.weights) {
    const found = published.get(name);
    if (!found) missing.push({ name, text: shapeText(shape) });
    else if (!sameShape(found.shape, shape))
      wrong.push({ name, text: `${shapeText(found.shape)} instead of ${shapeText(shape)}` });
    else if (found.dtype && !FLOATS.has(found.dtype))
      wrong.push({ name, text: `${found.dtype} instead of ${[...FLOATS].join(', ')}` });
  }
  const surplus = surplusTensors(graph, published);
  if (missing.length + wrong.length + surplus.length === 0) return;
  const model = looksLike(published);
  const another = model?.name === modelName ? undefined : model;
  const lines = [
    ...section('missing', missing),
    ...section('of another shape or type', wrong),
    ...section('not of this model', surplus),
  ];
  throw new MdfeError({
    code: 'weights/mismatch',
    what: `these weights do not fit the model\n${lines.join('\n')}`,
    where,
    expected: counted(graph.weights.size, 'tensor'),
    got: `${counted(published.size, 'tensor')}${another ? `, which look like ${another.name} (type ${another.type})` : ''}`,
    todo: another
      ? `set MODEL.BACKBONE.type to ${another.type} and model_name to ${another.name}, or choose other weights`
      : 'choose other weights',
  });
}

/** After `blocks.` where there is such a part: stages stand before it, parts of a block behind. */
const BLOCK_NUMBER = /^(.*blocks\.|.*?\.)(\d+)(\..*)$/;

interface Named {
  readonly name: string;
  readonly text: string;
}

function surplusTensors(graph: Graph, published: PublishedTensors): Named[] {
  const tower = [...graph.weights.keys()].every((name) => name.startsWith('visual.')) ? 'visual.' : '';
  const surplus: Named[] = [];
  for (const [name, { shape }] of published)
    if (name.startsWith(tower) && !graph.weights.has(name) && !LEFT_OUT.some((part) => part.test(name)))
      surplus.push({ name, text: shapeText(shape) });
  return surplus;
}

/** One line for all tensors whose names differ only in their block's number: `blocks.0-11.attn.proj.bias [768]`. */
function section(title: string, tensors: readonly Named[]): string[] {
  if (tensors.length === 0) return [];
  const groups = new Map<string, number[]>();
  for (const { name, text } of tensors) {
    const [, before = name, number, after = ''] = BLOCK_NUMBER.exec(name) ?? [];
    const key = JSON.stringify([before, after, text]);
    groups.set(key, [...(groups.get(key) ?? []), ...(number === undefined ? [] : [Number(number)])]);
  }
  const lines = [...groups].map(([key, numbers]) => {
    const [before, after, text] = JSON.parse(key) as [string, string, string];
    return `    ${before}${ranges(numbers)}${after} ${text}`;
  });
  return [`  ${title}:`, ...lines];
}

/** 0, 1, 2, 5 -> `0-2,5` */
function ranges(numbers: readonly number[]): string {
  const parts: string[] = [];
  const sorted = numbers.toSorted((a, b) => a - b);
  for (let i = 0; i < sorted.length; ) {
    let last = i;
    while (sorted[last + 1] === sorted[last]! + 1) last++;
    parts.push(last > i ? `${sorted[i]}-${sorted[last]}` : `${sorted[i]}`);
    i = last + 1;
  }
  return parts.join(',');
}

/** The registered model most of whose tensors are there, with those shapes; undefined if none fits well. */
export function looksLike(published: PublishedTensors): ModelInfo | undefined {
  let best: ModelInfo | undefined;
  let bestShare = 0.95;
  for (const model of allModels()) {
    const graph = buildBackbone({
      type: model.type,
      modelName: model.name,
      projLayer: false,
      weights: new Map([...published].filter(([name]) => name.startsWith('visual.'))),
    });
    if (graph.weights.size > published.size) continue;
    let fitting = 0;
    for (const [name, { shape }] of graph.weights) if (fits(published, name, shape)) fitting++;
    const share = fitting / Math.max(graph.weights.size, relevant(published));
    if (share > bestShare) [best, bestShare] = [model, share];
  }
  return best;
}

function fits(published: PublishedTensors, name: string, shape: Shape): boolean {
  const found = published.get(name);
  return found !== undefined && sameShape(found.shape, shape);
}

function relevant(published: PublishedTensors): number {
  const names = [...published.keys()];
  const visual = names.filter((name) => name.startsWith('visual.'));
  return (visual.length || names.length) - names.filter((name) => LEFT_OUT.some((p) => p.test(name))).length;
}
