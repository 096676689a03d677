import { describe, expect, it } from 'vitest';
import { unpickle } from '../../formats/pickle.ts';
import { GraphBuilder } from '../../graph/builder.ts';
import { lowerToTorchScript } from './lower.ts';
import { ModuleClasses, moduleTree } from './modules.ts';
import { PickleWriter } from './pickle-writer.ts';
import { number } from './writer.ts';

describe('numbers', () => {
  it.each([
    [1, '1.'],
    [-2, '-2.'],
    [0.125, '0.125'],
    [1e-7, '1e-7'],
    [1e21, '1e+21'],
  ])('%f is a float in the source', (x, text) => {
    expect(number(x)).toBe(text);
  });
});

describe('modules', () => {
  const paths = (...names: string[]) => new Map(names.map((name) => [name, name.split('.')]));

  it('of one structure share a class', () => {
    const tree = moduleTree(
      paths('blocks.0.fc.weight', 'blocks.0.fc.bias', 'blocks.1.fc.weight', 'blocks.1.fc.bias'),
    );
    const classes = new ModuleClasses();
    classes.of(tree);
    const blocks = tree.children.get('blocks')!;
    expect(classes.of(blocks.children.get('0')!)).toBe(classes.of(blocks.children.get('1')!));
    expect(classes.sources).toHaveLength(4); // fc, block, blocks, root
    expect(classes.sources.join('')).toContain('__annotations__["0"]');
  });

  it('refuse two weights in one place', () => {
    const twice = new Map([
      ['a', ['x', 'weight']],
      ['b', ['x', 'weight']],
    ]);
    expect(() => moduleTree(twice)).toThrow(/internal: two weights/);
  });
});

describe('a graph', () => {
  it('becomes one forward with its weights by path', () => {
    const g = new GraphBuilder();
    const x = g.input('pixels', ['N', 3, 2, 2]);
    const graph = g.finish(g.linear(g.mean(g.mean(x, 3), 2), g.weight('fc.0.weight', [4, 3])));
    const { code } = lowerToTorchScript(graph, new Map([['fc.0.weight', ['fc', '0', 'weight']]]), {
      imageSize: 2,
      mean: [0, 0, 0],
      std: [1, 1, 1],
    });
    expect(code).toMatch(/m\d+ = getattr\(self, "fc"\)\n\s+m\d+ = getattr\(m\d+, "0"\)/);
    expect(code).toMatch(/torch\.linear\(t\d+, t\d+, None\)/);
  });
});

describe('the pickle', () => {
  it.each([0, 255, 256, -1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 40, -(2 ** 40)])('holds %i', (value) => {
    const vocabulary = { globals: new Map(), persistent: () => null };
    expect(unpickle('test', new PickleWriter().int(value).finish(), vocabulary)).toBe(value);
  });
});
