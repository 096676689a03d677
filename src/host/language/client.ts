import { Worker } from 'node:worker_threads';
import type * as vscode from 'vscode';
import type { DocumentQuestions, Folders, GeneralQuestions, Message, Method, Questions } from './protocol.ts';

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** The worker is started again after a crash, but not for ever. */
const MAX_CRASHES = 5;

/**
 * Asks the language worker. It starts with the first question; every version of a text is sent once, with the first
 * question about it.
 */
export class LanguageClient implements vscode.Disposable {
  private readonly script: string;
  private readonly log: vscode.LogOutputChannel;
  private readonly foldersOf: (document: vscode.TextDocument) => Folders;
  private readonly factsChanged: (uri: string) => void;
  private readonly pending = new Map<number, Pending>();
  private readonly sent = new Map<string, number>();
  private worker: Worker | undefined;
  private last = 0;
  private crashes = 0;

  constructor(
    script: string,
    log: vscode.LogOutputChannel,
    foldersOf: (document: vscode.TextDocument) => Folders,
    factsChanged: (uri: string) => void,
  ) {
    this.script = script;
    this.log = log;
    this.foldersOf = foldersOf;
    this.factsChanged = factsChanged;
  }

  about<M extends keyof DocumentQuestions>(
    document: vscode.TextDocument,
    method: M,
    params: DocumentQuestions[M]['params'],
  ): Promise<DocumentQuestions[M]['result']> {
    const worker = this.running();
    const uri = document.uri.toString();
    const { version } = document;
    const known = this.sent.get(uri) === version;
    this.sent.set(uri, version);
    const folders = this.foldersOf(document);
    const state = { uri, version, folders, ...(!known && { text: document.getText() }) };
    return this.post(worker, method, params, state);
  }

  ask<M extends keyof GeneralQuestions>(
    method: M,
    params: GeneralQuestions[M]['params'],
  ): Promise<GeneralQuestions[M]['result']> {
    return this.post(this.running(), method, params);
  }

  forget(document: vscode.TextDocument): void {
    const uri = document.uri.toString();
    if (this.sent.delete(uri)) this.worker?.postMessage({ forget: uri });
  }

  dispose(): void {
    void this.worker?.terminate();
    this.stopped(new Error('the editor is closing'));
  }

  private post<M extends Method>(
    worker: Worker,
    method: M,
    params: object,
    document?: object,
  ): Promise<Questions[M]['result']> {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve: (result) => resolve(result as Questions[M]['result']), reject });
      worker.postMessage({ id, method, params, ...(document && { document }) });
    });
  }

  private running(): Worker {
    if (this.worker) return this.worker;
    if (this.crashes >= MAX_CRASHES) throw new Error('internal: the language worker crashed too often');
    const started = performance.now();
    const worker = new Worker(this.script, { name: 'mdfe language' });
    worker.once('online', () => {
      this.log.info(`language worker started in ${(performance.now() - started).toFixed(0)} ms`);
    });
    worker.on('message', (message: Message) => this.receive(message));
    worker.on('error', (error) => this.log.error(`language worker: ${error.stack ?? error.message}`));
    worker.on('exit', (code) => {
      if (this.worker !== worker) return;
      this.crashes++;
      this.stopped(new Error(`internal: the language worker ended with code ${code}`));
    });
    worker.unref();
    this.worker = worker;
    return worker;
  }

  private receive(message: Message): void {
    switch (message.kind) {
      case 'factsChanged':
        this.factsChanged(message.uri);
        break;
      case 'log':
        this.log.warn(message.text);
        break;
      default: {
        const pending = this.pending.get(message.id);
        this.pending.delete(message.id);
        if (message.kind === 'answer') pending?.resolve(message.result);
        else pending?.reject(new Error(message.reason));
      }
    }
  }

  private stopped(reason: Error): void {
    this.worker = undefined;
    this.sent.clear();
    const waiting = [...this.pending.values()];
    this.pending.clear();
    for (const { reject } of waiting) reject(reason);
  }
}
