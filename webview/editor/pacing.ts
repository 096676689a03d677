import type { TextEdit } from '../../src/language/edits.ts';

/** Rest after the last key before what was typed is sent, ms. */
const PAUSE = 300;

/**
 * When to send what is typed. Each edit that the host takes is one step of VS Code's undo, so a word goes as one: its
 * first letter at once, for the document to become dirty, the rest when the fingers rest or the word ends.
 */
export class Pacing {
  private readonly flush: () => void;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastTyped = Number.NEGATIVE_INFINITY;

  constructor(flush: () => void) {
    this.flush = flush;
  }

  typed(edits: readonly TextEdit[], now = performance.now()): void {
    const idle = now - this.lastTyped > PAUSE;
    this.lastTyped = now;
    if (idle || !edits.every(isWithinWord)) this.now();
    else {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.now(), PAUSE);
    }
  }

  now(): void {
    clearTimeout(this.timer);
    this.flush();
  }
}

/** A letter more or less. */
function isWithinWord({ start, end, newText }: TextEdit): boolean {
  return newText.length + (end - start) <= 1 && !/\s/.test(newText);
}
