import type {
  AskMessage,
  EditorMethod,
  EditorQuestions,
} from '../../src/language/experiment-editor-messages.ts';

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** Asks the language engine behind the extension host. */
export class Questions {
  private readonly post: (message: AskMessage) => void;
  private readonly pending = new Map<number, Pending>();
  private last = 0;

  constructor(post: (message: AskMessage) => void) {
    this.post = post;
  }

  /** Rejects where the engine fails. */
  ask<M extends EditorMethod>(
    method: M,
    params: EditorQuestions[M]['params'],
  ): Promise<EditorQuestions[M]['result']> {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.pending.set(id, {
        resolve: (result) => resolve(result as EditorQuestions[M]['result']),
        reject,
      });
      this.post({ type: 'ask', id, method, params } as AskMessage);
    });
  }

  answer(id: number, result: unknown): void {
    this.pending.get(id)?.resolve(result);
    this.pending.delete(id);
  }

  fail(id: number, reason: string): void {
    this.pending.get(id)?.reject(new Error(reason));
    this.pending.delete(id);
  }
}

/** Rejects when the promise takes longer than so many ms. */
export function inTime<T>(promise: Promise<T>, limit: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${limit} ms`)), limit);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
