import { parentPort } from 'node:worker_threads';
import { describeError, internalError } from '../../../common/errors.ts';
import type { Message, Request } from '../protocol.ts';
import { Machine } from './machine.ts';
import { LanguageSession } from './session.ts';

// The language features of the editor in a thread of their own: the schema and the parser never load in the editor's
// extension host, and typing never waits for them.
if (!parentPort) throw internalError('language.worker.mjs runs as a worker thread only');
const port = parentPort;
const post = (message: Message) => port.postMessage(message);
const machine = new Machine((error) => post({ kind: 'log', text: describeError(error) }));
const session = new LanguageSession(machine, (uri) => post({ kind: 'factsChanged', uri }));

port.on('message', (message: Request | { readonly forget: string }) => {
  if ('forget' in message) {
    session.forget(message.forget);
    return;
  }
  const { id } = message;
  try {
    post({ kind: 'answer', id, result: session.answer(message) });
  } catch (error) {
    post({ kind: 'failed', id, reason: describeError(error) });
  }
});
