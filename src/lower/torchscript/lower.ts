import { internalError } from '../../common/errors.ts';
import { applyRule, type Graph, type NodeOf } from '../../graph/ops.ts';
import type { Preprocessing } from '../preprocessing.ts';
import { classSource, ModuleClasses, type ModulePaths, type ModuleTree, moduleTree } from './modules.ts';
import { PIXELS, preprocessLines, resizeMethods } from './preprocess.ts';
import { RULES } from './rules.ts';
import { ScriptWriter } from './writer.ts';

export interface ScriptModule {
  /** All classes, as `code/__torch__.py` holds them. */
  readonly code: string;
  readonly root: ModuleTree;
  /** Class of each module of the tree. */
  readonly classOf: (module: ModuleTree) => string;
  /** Tensors that are attributes of the root, no parameters. */
  readonly constants: ReadonlyMap<string, NodeOf<'constant'>>;
}

const ROOT = 'InferenceModel';

/**
 * A module whose `forward` takes raw pixels [N, 3, H, W], 0..255 of any size and type, and gives what the graph gives.
 * @param paths place of each of the graph's weights among the modules: its name in the state dict, split at the dots
 */
export function lowerToTorchScript(
  graph: Graph,
  paths: ModulePaths,
  preprocessing: Preprocessing,
): ScriptModule {
  const input = graph.inputs[0];
  if (!input || graph.inputs.length !== 1) throw internalError('a packaged model has exactly one input');
  const writer = new ScriptWriter({ [input.attributes.name]: PIXELS }, paths, PIXELS);
  for (const node of graph.nodes) writer.define(node, applyRule(RULES, node, writer));

  const root = moduleTree(paths);
  const classes = new ModuleClasses();
  const children = [...root.children].map(([name, child]) => [name, classes.of(child, name)] as const);
  const forward = [
    `  def forward(self: __torch__.${ROOT},`,
    '    images: Tensor) -> Tensor:',
    ...[...preprocessLines(preprocessing), `${writer.batch} = torch.size(images, 0)`, ...writer.lines].map(
      (line) => `    ${line}`,
    ),
    `    return ${writer.name(graph.output)}`,
  ];
  const source = classSource({
    name: ROOT,
    parameters: [...root.parameters.keys()],
    attributes: [...writer.constants.keys()].map((name) => [name, 'Tensor'] as const),
    children,
    methods: [...forward, resizeMethods(ROOT, preprocessing.imageSize)].join('\n'),
  });
  return {
    code: [...classes.sources, source].join(''),
    root,
    classOf: (module) => (module === root ? ROOT : classes.of(module)),
    constants: writer.constants,
  };
}
