/** A save does not wait longer for a page, ms: VS Code itself gives up a little later. */
const LIMIT = 1000;

/** Asks the page for what was typed in it and is not in the document yet. */
export class Flusher {
  private readonly ask: (id: number) => void;
  private readonly waiting = new Map<number, () => void>();
  private last = 0;

  constructor(ask: (id: number) => void) {
    this.ask = ask;
  }

  /** Resolves when the document has all of it, or no page answers. */
  flush(): Promise<void> {
    const id = ++this.last;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.flushed(id), LIMIT);
      this.waiting.set(id, () => {
        clearTimeout(timer);
        resolve();
      });
      this.ask(id);
    });
  }

  flushed(id: number): void {
    this.waiting.get(id)?.();
    this.waiting.delete(id);
  }

  /** The page is not there any more; it has sent what it had. */
  gone(): void {
    for (const id of [...this.waiting.keys()]) this.flushed(id);
  }
}
