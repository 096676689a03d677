import type { TextEdit } from '../../src/language/edits.ts';
import type { DocumentMessage, EditMessage } from '../../src/language/experiment-editor-messages.ts';
import { changeOf, compose, editsOf, isEmpty, type TextChange, transform } from './text-change.ts';

/** Both ends of the page's copy of the document. */
export interface SyncPort {
  /** To the host. */
  send(message: EditMessage): void;
  /** To the page's text, which takes them without reporting them as typed. */
  apply(edits: readonly TextEdit[]): void;
}

interface Sent {
  readonly id: number;
  readonly change: TextChange;
  /** Number of the last local change in it. */
  readonly upTo: number;
  /** A change of someone else overtook it: the host will refuse it. */
  readonly overtaken: boolean;
}

/**
 * The page's half of editing one document from two sides. The host's text leads: it has a revision (the document's
 * version), and takes an edit only if it is made on exactly that revision. At most one edit is on its way; what is typed
 * meanwhile waits and goes as one change. A change of someone else arrives before the refusal of the edit that it
 * overtook: it is carried over what is typed here, and what is typed here over it, so that both sides come to the same
 * text and neither loses any. The host's half is src/host/experiment-editor/document-sync.ts.
 */
export class Sync {
  private readonly port: SyncPort;
  private sent: Sent | undefined;
  private waiting: TextChange = [];
  private lastId = 0;
  private typed = 0;
  private acknowledged = 0;
  private flushAgain = false;
  private waiters: { readonly upTo: number; readonly done: () => void }[] = [];
  /** Of the host's text that this one comes from. */
  revision: number;

  constructor(revision: number, port: SyncPort) {
    this.revision = revision;
    this.port = port;
  }

  /** True when the page's text is the host's at `revision`. */
  get isSettled(): boolean {
    return !this.sent && isEmpty(this.waiting);
  }

  /** What the user did to the page's text; it is sent by the next `flush`. */
  type(edits: readonly TextEdit[]): void {
    this.typed++;
    this.waiting = compose(this.waiting, changeOf(edits));
  }

  /** Sends what waits, as soon as no other edit is on its way. */
  flush(): void {
    if (this.sent) {
      this.flushAgain = true;
      return;
    }
    this.flushAgain = false;
    if (isEmpty(this.waiting)) {
      // What was typed has taken itself back.
      this.acknowledge(this.typed);
      return;
    }
    const change = this.waiting;
    this.waiting = [];
    this.sent = { id: ++this.lastId, change, upTo: this.typed, overtaken: false };
    this.port.send({ type: 'edit', id: this.sent.id, revision: this.revision, edits: editsOf(change) });
  }

  /** Sends what waits; resolves when the host has all that was typed so far. */
  settled(): Promise<void> {
    return new Promise((done) => {
      this.waiters.push({ upTo: this.typed, done });
      this.flush();
    });
  }

  /** Offsets mean something else now: what was not acknowledged is forgotten, and has to be typed again. */
  restart(revision: number): void {
    this.sent = undefined;
    this.waiting = [];
    this.revision = revision;
    this.acknowledge(this.typed);
  }

  receive(message: DocumentMessage): void {
    switch (message.type) {
      case 'changed':
        this.changed(message.edits, message.revision);
        break;
      case 'accepted':
        this.accepted(message.id, message.revision);
        break;
      case 'refused':
        this.refused(message.id);
    }
  }

  private changed(edits: readonly TextEdit[], revision: number): void {
    this.revision = revision;
    let remote = changeOf(edits);
    if (this.sent) {
      const over = transform(this.sent.change, remote);
      this.sent = { ...this.sent, change: over.local, overtaken: true };
      remote = over.remote;
    }
    const over = transform(this.waiting, remote);
    this.waiting = over.local;
    if (!isEmpty(over.remote)) this.port.apply(editsOf(over.remote));
  }

  private accepted(id: number, revision: number): void {
    if (this.sent?.id !== id) return;
    const { upTo } = this.sent;
    this.sent = undefined;
    this.revision = revision;
    this.acknowledge(upTo);
    if (this.flushAgain || this.waiters.length > 0) this.flush();
  }

  private refused(id: number): void {
    if (this.sent?.id !== id) return;
    const { change, overtaken } = this.sent;
    this.sent = undefined;
    this.waiting = compose(change, this.waiting);
    // The editor itself would not have it: it is offered again with what is typed next.
    if (overtaken) this.flush();
  }

  private acknowledge(upTo: number): void {
    this.acknowledged = upTo;
    const [ready, later] = [[], []] as [typeof this.waiters, typeof this.waiters];
    for (const waiter of this.waiters) (waiter.upTo <= this.acknowledged ? ready : later).push(waiter);
    this.waiters = later;
    for (const { done } of ready) done();
  }
}
