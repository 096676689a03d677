/** How long what was written may take to come back as the value of the file, ms; it may also be undone at once. */
export const PATIENCE = 1500;

/**
 * Which text an input shows while the file changes around it: what is being typed is never replaced, what was written
 * stays until the file has it, and what cannot be written stays until the file gives another value.
 */
export class InputState {
  /** Typed and not written; undefined where the value of the file stands there. */
  private typed: string | undefined;
  private written: { readonly text: string; readonly until: number } | undefined;
  private value: string;

  constructor(value: string) {
    this.value = value;
  }

  type(text: string): void {
    this.typed = text;
    this.written = undefined;
  }

  /** What was typed is on its way into the file. */
  write(text: string, now: number): void {
    this.typed = undefined;
    this.written = { text, until: now + PATIENCE };
  }

  /** Back to the value of the file. */
  drop(): string {
    this.typed = this.written = undefined;
    return this.value;
  }

  get isTyped(): boolean {
    return this.typed !== undefined;
  }

  /**
   * The value of the file, as it is now.
   * @param isFocused the user is in the input
   * @returns what the input shows
   */
  show(value: string, isFocused: boolean, now: number): string {
    const changed = value !== this.value;
    this.value = value;
    if (this.typed !== undefined && (isFocused || !changed)) return this.typed;
    this.typed = undefined;
    // The first other value is what became of what was written.
    if (this.written && (changed || now >= this.written.until)) this.written = undefined;
    return this.written?.text ?? value;
  }
}
