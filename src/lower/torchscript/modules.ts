import { internalError } from '../../common/errors.ts';

/** Where each weight lies among the modules: `backbone`, `blocks`, `0`, `attn`, `qkv`, `weight`. */
export type ModulePaths = ReadonlyMap<string, readonly string[]>;

/** A module that has parameters and other modules, and no code. */
export interface ModuleTree {
  /** Weight of each parameter by the parameter's name. */
  readonly parameters: Map<string, string>;
  readonly children: Map<string, ModuleTree>;
}

export function moduleTree(paths: ModulePaths): ModuleTree {
  const root: ModuleTree = { parameters: new Map(), children: new Map() };
  for (const [weight, path] of paths) {
    let module = root;
    for (const step of path.slice(0, -1)) {
      let child = module.children.get(step);
      if (!child) {
        child = { parameters: new Map(), children: new Map() };
        module.children.set(step, child);
      }
      module = child;
    }
    const name = path.at(-1);
    if (name === undefined || module.parameters.has(name))
      throw internalError(`two weights would be ${path.join('.')}`);
    module.parameters.set(name, weight);
  }
  return root;
}

/** Classes of a module tree: modules of equal structure share one, as in PyTorch's own archives. */
export class ModuleClasses {
  /** Source of each class, those that others use first. */
  readonly sources: string[] = [];
  private readonly bySignature = new Map<string, string>();

  /** Name of the class, below `__torch__`. */
  of(module: ModuleTree, path = 'module'): string {
    const children = [...module.children].map(([name, child]) => [name, this.of(child, name)] as const);
    const parameters = [...module.parameters.keys()];
    const signature = JSON.stringify([parameters, children]);
    let name = this.bySignature.get(signature);
    if (!name) {
      name = this.fresh(path);
      this.bySignature.set(signature, name);
      this.sources.push(classSource({ name, parameters, children }));
    }
    return name;
  }

  private fresh(path: string): string {
    const words = path.replace(/^\d+$/, 'item').split('_').filter(Boolean);
    const stem = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
    return `${stem}${this.bySignature.size}`;
  }
}

interface ClassParts {
  readonly name: string;
  readonly parameters?: readonly string[];
  /** Further attributes: name and type. */
  readonly attributes?: readonly (readonly [name: string, type: string])[];
  /** Name and class of each child. */
  readonly children: readonly (readonly [name: string, className: string])[];
  /** Methods, indented by two. */
  readonly methods?: string;
}

/** A class as PyTorch's importer reads it; `training` is an attribute of every module. */
export function classSource({
  name,
  parameters = [],
  attributes = [],
  children,
  methods,
}: ClassParts): string {
  const quoted = parameters.map((p) => `"${p}", `).join('');
  return [
    `class ${name}(Module):`,
    `  __parameters__ = [${quoted}]`,
    '  __buffers__ = []',
    ...[...parameters].map((p) => attribute(p, 'Tensor')),
    '  training : bool',
    ...attributes.map(([attributeName, type]) => attribute(attributeName, type)),
    ...children.map(([child, className]) => attribute(child, `__torch__.${className}`)),
    ...(methods ? [methods] : []),
    '',
  ].join('\n');
}

const attribute = (name: string, type: string) =>
  /^\d/.test(name) ? `  __annotations__["${name}"] = ${type}` : `  ${name} : ${type}`;
