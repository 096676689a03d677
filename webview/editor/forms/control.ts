import type { FormField } from '../../../src/language/preview/types.ts';
import type { KeyChange } from '../../../src/language/set-keys.ts';

/** A control of one key, kept over changes of the file. */
export interface Control {
  readonly element: HTMLElement;
  show(field: FormField): void;
}

/** What a control does with what the user chose. */
export interface Actions {
  /** @returns false where the text cannot be written into now */
  send(changes: readonly KeyChange[]): boolean;
  /** Says why a value is not written; '' takes it back. */
  complain(message: string): void;
}
