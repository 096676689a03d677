// How soon the language worker answers while a file of 500 lines is typed in: every question brings a new version of
// the text, and the way to the worker and back counts. CPU time is that of all threads, garbage collection included.
//   npm run bench -- language [ROUNDS]
import { cpus } from 'node:os';
import { Worker } from 'node:worker_threads';
import { distFile } from '../../src/common/dist.ts';
import type { DocumentQuestions, Message } from '../../src/host/language/protocol.ts';
import { defaultDocument } from '../../src/language/default-document.ts';

const LINES = 500;
const METHODS: readonly (keyof DocumentQuestions)[] = [
  'completion',
  'hover',
  'diagnostics',
  'quickFixes',
  'inlayHints',
  'symbols',
  'preview',
];
const rounds = Number(process.argv[2] ?? 200);
const text = longFile();
/** Ends of the lines with a key. */
const PLACES = [...text.matchAll(/^ *\w+:.*$/gm)].map((line) => line.index + line[0].length);
const started = performance.now();
const worker = new Worker(distFile('language.worker.mjs'));
let answered: () => void = () => {};
let failure: string | undefined;
worker.on('message', (message: Message) => {
  if (message.kind === 'failed') failure = message.reason;
  if (message.kind === 'answer' || message.kind === 'failed') answered();
});

console.log(
  `node ${process.version}, ${cpus()[0]?.model}; ${text.split('\n').length} lines, ${rounds} rounds`,
);
let version = 0;
await ask('diagnostics', text, 0);
console.log(`first answer ${(performance.now() - started).toFixed(0)} ms after the start of the worker`);
for (const method of METHODS) {
  const times: number[] = [];
  const cpu = process.cpuUsage();
  for (let i = 0; i < rounds; i++) {
    // A word that is being typed at ever other places.
    const offset = PLACES[Math.floor(((i * 0.618) % 1) * PLACES.length)]!;
    const typed = `${text.slice(0, offset)}x${text.slice(offset)}`;
    const before = performance.now();
    await ask(method, typed, offset + 1);
    times.push(performance.now() - before);
  }
  const { user, system } = process.cpuUsage(cpu);
  const each = ((user + system) / 1000 / rounds).toFixed(1).padStart(6);
  times.sort((a, b) => a - b);
  const at = (share: number) =>
    times[Math.min(rounds - 1, Math.floor(share * rounds))]!.toFixed(1).padStart(6);
  console.log(
    `${method.padEnd(12)} p50 ${at(0.5)} ms   p95 ${at(0.95)} ms   max ${at(1)} ms   CPU time ${each} ms each`,
  );
}
await worker.terminate();

function ask(method: keyof DocumentQuestions, document: string, offset: number): Promise<void> {
  version++;
  return new Promise((resolve, reject) => {
    answered = () => (failure === undefined ? resolve() : reject(new Error(failure)));
    const folders = { workspace: '/nowhere' };
    worker.postMessage({
      id: version,
      method,
      params: { offset, coverage: 'all' },
      document: { uri: 'file:///configs/long.yaml', version, text: document, folders },
    });
  });
}

/** Every key with comments, and more comments between the sections up to the wanted length. */
function longFile(): string {
  const lines = defaultDocument().text.trimEnd().split('\n');
  for (let i = 0; lines.length < LINES; i = (i + 7) % lines.length)
    if (lines[i] === '' || lines[i]?.startsWith('#'))
      lines.splice(i, 0, '# a remark of the author on what follows');
    else i -= 6;
  return `${lines.join('\n')}\n`;
}
