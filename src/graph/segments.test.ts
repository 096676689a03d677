import { describe, expect, it } from 'vitest';
import { buildBackbone } from '../models/build.ts';
import { allModels } from '../models/registry.ts';
import { isLeaf } from './infer.ts';
import { segments } from './segments.ts';

const oneOfEachType = [...new Map(allModels().map((model) => [model.type, model])).values()];

describe.each(oneOfEachType)('segments of $name', ({ type, name }) => {
  const graph = buildBackbone({ type, modelName: name, projLayer: false });
  const found = segments(graph);

  it('are the whole network in order, each beginning with what the one before ends with', () => {
    expect(found.flatMap(({ nodes }) => nodes)).toEqual(graph.nodes.filter((node) => !isLeaf(node)));
    expect(found[0]!.input).toBe(graph.inputs[0]);
    expect(found.at(-1)!.output).toBe(graph.output);
    found.slice(1).forEach((segment, i) => {
      expect(segment.input).toBe(found[i]!.output);
    });
    expect(new Set(found.flatMap(({ weights }) => weights)).size).toBe(graph.weights.size);
  });

  it('use nothing from outside but their input and leaves', () => {
    for (const { input, nodes } of found) {
      const own = new Set([input, ...nodes]);
      for (const node of nodes)
        for (const used of node.inputs) expect(!used || isLeaf(used) || own.has(used)).toBe(true);
    }
  });

  it('are many: no block is held together with the next', () => {
    expect(found.length).toBeGreaterThan(12);
  });
});
