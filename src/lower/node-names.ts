import { internalError } from '../common/errors.ts';

/** The names under which a target's text or file knows the values of a graph's nodes. */
export class NodeNames {
  private readonly names = new Map<number, string>();

  define(node: { readonly id: number }, name: string): void {
    this.names.set(node.id, name);
  }

  name(node: { readonly id: number }): string {
    const name = this.names.get(node.id);
    if (name === undefined) throw internalError(`node %${node.id} is not lowered yet`);
    return name;
  }
}
