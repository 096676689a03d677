import { internalError } from '../../common/errors.ts';
import type { NodeOf } from '../../graph/ops.ts';
import type { Shape } from '../../graph/shape.ts';
import { NodeNames } from '../node-names.ts';
import type { ModulePaths } from './modules.ts';

/** Numbers in TorchScript's source are floats only with a point or an exponent. */
export function number(x: number): string {
  const text = String(x);
  return /[.e]/.test(text) ? text : `${text}.`;
}

export const list = (items: readonly (number | string)[]): string => `[${items.join(', ')}]`;

/** Collects the lines of one `forward` while the rules run; an operator in PyTorch's IR is one line. */
export class ScriptWriter extends NodeNames {
  readonly lines: string[] = [];
  /** Variable that holds the batch size. */
  readonly batch = 'batch';
  /** Constant nodes, in the order met; attributes of the root module under these names. */
  readonly constants = new Map<string, NodeOf<'constant'>>();

  private readonly moduleNames = new Map<string, string>();
  private readonly inputs: Readonly<Record<string, string>>;
  private readonly paths: ModulePaths;
  private readonly like: string;
  private count = 0;

  /**
   * @param inputs variable of each graph input
   * @param like float32 variable on the device that everything is brought to
   */
  constructor(inputs: Readonly<Record<string, string>>, paths: ModulePaths, like: string) {
    super();
    this.inputs = inputs;
    this.paths = paths;
    this.like = like;
  }

  input(name: string): string {
    const variable = this.inputs[name];
    if (variable === undefined) throw internalError(`input ${name} is not given`);
    return variable;
  }

  /** One operator; returns the variable of its result. */
  call(op: string, ...args: readonly string[]): string {
    return this.assign('t', `torch.${op}(${args.join(', ')})`);
  }

  /** A parameter as float32 on the input's device, whatever the module was converted to. */
  weight(name: string): string {
    const path = this.paths.get(name);
    if (!path) throw internalError(`weight ${name} has no place among the modules`);
    return this.call('type_as', `${this.module(path.slice(0, -1))}.${path.at(-1)}`, this.like);
  }

  /** Constants are plain attributes, so that the state dict holds published names alone. */
  constant(node: NodeOf<'constant'>): string {
    const attribute = `constant_${this.constants.size}`;
    this.constants.set(attribute, node);
    return this.call('type_as', `self.${attribute}`, this.like);
  }

  lengths(shape: Shape): string {
    return list(shape.map((d) => (d === 'N' ? this.batch : d)));
  }

  /** Variable of the module at a path; numbers are no Python names, so all are fetched with getattr. */
  private module(path: readonly string[]): string {
    if (path.length === 0) return 'self';
    const key = path.join('.');
    const known = this.moduleNames.get(key);
    if (known) return known;
    const parent = this.module(path.slice(0, -1));
    const variable = this.assign('m', `getattr(${parent}, "${path.at(-1)}")`);
    this.moduleNames.set(key, variable);
    return variable;
  }

  private assign(prefix: string, expression: string): string {
    const variable = `${prefix}${this.count++}`;
    this.lines.push(`${variable} = ${expression}`);
    return variable;
  }
}
