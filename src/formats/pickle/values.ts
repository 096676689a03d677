/** What a pickle may hold. Tuples are frozen arrays, dictionaries (ordered ones too) are maps. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly PickleValue[]
  | PickleDict
  | PickleObject;
export type PickleDict = Map<PickleKey, PickleValue>;
export type PickleKey = null | boolean | number | bigint | string;

/** Anything that a vocabulary makes; the reader itself only passes it on. */
export abstract class PickleObject {
  /** For messages. */
  abstract readonly name: string;
}

/** A name that a pickle may mention; without `call` it may not be called. */
export class PickleGlobal extends PickleObject {
  readonly name: string;
  /** Throws a plain Error with the reason when the arguments do not fit. */
  readonly call: ((args: readonly PickleValue[]) => PickleValue) | undefined;

  constructor(name: string, call?: (args: readonly PickleValue[]) => PickleValue) {
    super();
    this.name = name;
    this.call = call;
  }
}

/** All that a pickle may refer to outside itself. */
export interface Vocabulary {
  /** By `module.name`, e.g. `collections.OrderedDict`. */
  readonly globals: ReadonlyMap<string, PickleGlobal>;
  /** Resolves a persistent id; throws a plain Error with the reason when it does not fit. */
  readonly persistent: (id: PickleValue) => PickleValue;
}
