import { MdfeError } from '../../common/errors.ts';
import { brokenPickle, type PickleSource } from './source.ts';
import {
  type PickleDict,
  PickleGlobal,
  type PickleKey,
  PickleObject,
  type PickleValue,
  type Vocabulary,
} from './values.ts';

/** Bounds on what a pickle may make us hold; a checkpoint of a large model stays below a hundredth of them. */
export const PICKLE_LIMITS = {
  /** Bytes. */
  size: 64 << 20,
  /** Remembered values. */
  memo: 1_000_000,
  /** Values on the stack. */
  stack: 1_000_000,
  /** Containers within containers, and open marks. */
  depth: 100,
} as const;

/** The stack machine: one method for each thing that a pickle can ask for. */
export class PickleMachine {
  readonly source: PickleSource;
  private readonly vocabulary: Vocabulary;
  private stack: PickleValue[] = [];
  private readonly marks: PickleValue[][] = [];
  private readonly memo = new Map<number, PickleValue>();
  /** Containers within each container, itself included. */
  private readonly depths = new WeakMap<object, number>();

  constructor(source: PickleSource, vocabulary: Vocabulary) {
    this.source = source;
    this.vocabulary = vocabulary;
  }

  push(value: PickleValue): void {
    if (this.stack.length >= PICKLE_LIMITS.stack)
      throw this.limit('values on its stack', PICKLE_LIMITS.stack);
    this.stack.push(value);
  }

  pop(): PickleValue {
    const value = this.stack.pop();
    if (value === undefined) throw this.broken('its stack is empty');
    return value;
  }

  top(): PickleValue {
    const value = this.stack.at(-1);
    if (value === undefined) throw this.broken('its stack is empty');
    return value;
  }

  mark(): void {
    if (this.marks.length >= PICKLE_LIMITS.depth) throw this.limit('open marks', PICKLE_LIMITS.depth);
    this.marks.push(this.stack);
    this.stack = [];
  }

  /** Everything since the last mark. */
  popMark(): PickleValue[] {
    const below = this.marks.pop();
    if (!below) throw this.broken('a mark is missing');
    const values = this.stack;
    this.stack = below;
    return values;
  }

  remember(index: number): void {
    if (this.memo.size >= PICKLE_LIMITS.memo) throw this.limit('remembered values', PICKLE_LIMITS.memo);
    this.memo.set(index, this.top());
  }

  rememberNext(): void {
    this.remember(this.memo.size);
  }

  recall(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw this.broken(`nothing was remembered as ${index}`);
    this.push(value);
  }

  pushTuple(values: readonly PickleValue[]): void {
    const tuple = Object.freeze([...values]);
    this.deepen(tuple, values);
    this.push(tuple);
  }

  pushLastAsTuple(count: number): void {
    this.pushTuple(Array.from({ length: count }, () => this.pop()).reverse());
  }

  /** Appends to the list on top of the stack. */
  append(values: readonly PickleValue[]): void {
    const list = this.top();
    if (!Array.isArray(list) || Object.isFrozen(list))
      throw this.broken('it appends to something other than a list');
    this.deepen(list, values);
    for (const value of values) list.push(value);
  }

  /** Sets entries of the dictionary on top of the stack. */
  setItems(flat: readonly PickleValue[]): void {
    const dict = this.top();
    if (!(dict instanceof Map)) throw this.broken('it sets entries of something other than a dictionary');
    if (flat.length % 2 !== 0) throw this.broken('a dictionary key without a value');
    this.deepen(dict, flat);
    for (let i = 0; i < flat.length; i += 2) (dict as PickleDict).set(this.key(flat[i]!), flat[i + 1]!);
  }

  pushGlobal(module: PickleValue, name: PickleValue): void {
    if (typeof module !== 'string' || typeof name !== 'string') throw this.broken('a name that is not text');
    const full = `${module}.${name}`;
    const found = this.vocabulary.globals.get(full);
    if (!found) throw this.refused(full);
    this.push(found);
  }

  /** Calls what the vocabulary allows to be called. */
  reduce(): void {
    const args = this.pop();
    const callee = this.pop();
    if (!Array.isArray(args)) throw this.broken('a call without its arguments');
    if (!(callee instanceof PickleGlobal) || !callee.call) throw this.refused(describe(callee), 'called');
    this.push(this.explain(() => callee.call!(args)));
  }

  /** Only ordered dictionaries carry attributes (torch's `_metadata`); they are of no use here. */
  build(): void {
    const state = this.pop();
    const target = this.top();
    if (!(target instanceof Map) || !(state instanceof Map))
      throw this.refused(describe(target), 'given a state');
  }

  persistent(): void {
    const id = this.pop();
    this.push(this.explain(() => this.vocabulary.persistent(id)));
  }

  /** An operation that makes an object of any class: always refused, with the class in the message. */
  refuseObject(): never {
    const named = [...this.marks.flat(), ...this.stack].findLast((v) => v instanceof PickleGlobal);
    throw this.refused(named ? describe(named) : 'an object', 'made into an object');
  }

  result(): PickleValue {
    if (this.marks.length > 0 || this.stack.length !== 1)
      throw this.broken('it stops before its value is complete');
    return this.pop();
  }

  broken(what: string): MdfeError {
    return brokenPickle(this.source.path, this.source.at, what);
  }

  refused(name: string, verb = 'used'): MdfeError {
    return new MdfeError({
      code: 'pickle/refused',
      what: `its pickle wants ${name} to be ${verb}, which could run any program; it was refused`,
      where: this.source.path,
      expected: 'tensors, numbers, text, lists, tuples and dictionaries',
      got: name,
      todo: 'if you trust its source, save the weights alone with Python: torch.save(model.state_dict(), FILE), better safetensors.torch.save_file; else do not use this file',
    });
  }

  private limit(what: string, most: number): MdfeError {
    return overLimit(this.source.path, what, String(most));
  }

  /** Notes how deep a container is once it holds `children`. */
  private deepen(container: object, children: readonly PickleValue[]): void {
    let depth = this.depths.get(container) ?? 1;
    for (const child of children)
      if (typeof child === 'object' && child !== null)
        depth = Math.max(depth, 1 + (this.depths.get(child) ?? 1));
    if (depth > PICKLE_LIMITS.depth) throw this.limit('containers within containers', PICKLE_LIMITS.depth);
    this.depths.set(container, depth);
  }

  private key(value: PickleValue): PickleKey {
    if (typeof value === 'object' && value !== null)
      throw this.broken('a dictionary key that is not text or a number');
    return value;
  }

  /** A vocabulary's function throws plain errors: adds where it happened. */
  private explain<R>(action: () => R): R {
    try {
      return action();
    } catch (cause) {
      throw this.broken((cause as Error).message);
    }
  }
}

export function overLimit(path: string, what: string, most: string): MdfeError {
  return new MdfeError({
    code: 'pickle/limit',
    what: `its pickle has too many ${what} to be a checkpoint`,
    where: path,
    expected: `at most ${most}`,
    todo: 'check where this file comes from',
  });
}

function describe(value: PickleValue): string {
  if (value instanceof PickleObject) return value.name;
  if (Array.isArray(value)) return Object.isFrozen(value) ? 'a tuple' : 'a list';
  return value instanceof Map ? 'a dictionary' : `the value ${String(value).slice(0, 80)}`;
}
