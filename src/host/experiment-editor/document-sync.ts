import type { TextEdit } from '../../language/edits.ts';
import type { DocumentMessage, EditMessage } from '../../language/experiment-editor-messages.ts';

/** The document as VS Code keeps it. */
export interface SharedDocument {
  /** Grows with every change. */
  version(): number;
  /**
   * False where the document has changed meanwhile, or cannot be changed; never rejects. `changed` is called before it
   * resolves.
   */
  apply(edits: readonly TextEdit[]): Promise<boolean>;
}

interface Change {
  readonly revision: number;
  readonly edits: readonly TextEdit[];
}

/**
 * The host's half of editing one document from two sides (the page's is webview/editor/sync.ts): takes an edit only if
 * it is made on the document's present version, and tells the page of every other change in the order of versions.
 */
export class DocumentSync {
  private readonly document: SharedDocument;
  private readonly post: (message: DocumentMessage) => void;
  private meanwhile: Change[] | undefined;
  private turn: Promise<void> = Promise.resolve();

  constructor(document: SharedDocument, post: (message: DocumentMessage) => void) {
    this.document = document;
    this.post = post;
  }

  /** The document changed, by whomever. */
  changed(change: Change): void {
    if (this.meanwhile) this.meanwhile.push(change);
    else this.post({ type: 'changed', ...change });
  }

  /** Edits are taken one after the other. */
  edit(message: EditMessage): Promise<void> {
    this.turn = this.turn.then(() => this.take(message));
    return this.turn;
  }

  /** Does something when no edit is being taken: all changes have been told of then. */
  between(action: () => void): Promise<void> {
    this.turn = this.turn.then(action);
    return this.turn;
  }

  private async take({ id, revision, edits }: EditMessage): Promise<void> {
    if (revision !== this.document.version()) {
      this.post({ type: 'refused', id });
      return;
    }
    const changes: Change[] = [];
    this.meanwhile = changes;
    const taken = await this.document.apply(edits);
    this.meanwhile = undefined;
    // It was taken on exactly that revision, so the first change since is the edit itself.
    const others = taken ? changes.slice(1) : changes;
    if (taken) this.post({ type: 'accepted', id, revision: changes[0]?.revision ?? revision });
    for (const change of others) this.post({ type: 'changed', ...change });
    if (!taken) this.post({ type: 'refused', id });
  }
}
