import type { Graph, Node } from './ops.ts';
import { shapeText } from './shape.ts';

/**
 * One line a node, weights and constants by name where they are used:
 * `%7 = linear(%4, blocks.0.attn.qkv.weight, blocks.0.attn.qkv.bias) [N, 16, 96]`.
 */
export function print(graph: Graph): string {
  const lines: string[] = [];
  for (const node of graph.nodes) {
    if (node.kind === 'weight' || node.kind === 'constant') continue;
    const args = [...node.inputs.map((input) => reference(input!)), ...attributeTexts(node)];
    lines.push(`%${node.id} = ${node.kind}(${args.join(', ')}) ${shapeText(node.shape)}`);
  }
  lines.push(`return ${reference(graph.output)}`);
  return `${lines.join('\n')}\n`;
}

function reference(node: Node): string {
  if (node.kind === 'weight') return node.attributes.name;
  if (node.kind === 'constant') return `<${node.attributes.name}>`;
  return `%${node.id}`;
}

function attributeTexts(node: Node): string[] {
  if (node.kind === 'input') return [node.attributes.name];
  if (node.kind === 'reshape') return []; // the result's shape says it
  return Object.entries(node.attributes).map(([key, value]) =>
    Array.isArray(value) ? `${key}=[${value.join(' ')}]` : `${key}=${value}`,
  );
}
