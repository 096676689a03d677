// Loaded before the command line (node --import): the process sends itself a signal as soon as it has said that it is
// so far, so that it is interrupted at the same place however busy the machine is. See interrupted() in mdfe.ts.
import { isMainThread } from 'node:worker_threads';

const { signal, type, least = 0, run } = JSON.parse(process.env.MDFE_TEST_SIGNAL);
let current;
let sent = false;

function look(line) {
  if (sent || !line.startsWith('{')) return;
  const event = JSON.parse(line);
  if (event.type === 'next') current = event.index;
  if (event.type !== type || current !== run || reached(event) < least) return;
  sent = true;
  process.kill(process.pid, signal);
}

function reached(event) {
  return event.type === 'step' ? event.first + event.loss.length - 1 : (event.done ?? 0);
}

if (isMainThread)
  for (const stream of [process.stdout, process.stderr]) {
    const { write } = stream;
    stream.write = (chunk, ...more) => {
      const written = write.call(stream, chunk, ...more);
      for (const line of String(chunk).split('\n')) look(line);
      return written;
    };
  }
