import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Inbox } from './inbox.ts';

const MIB = 2 ** 20;

test('a reader that is slower than the sender gets all of it, in order', async () => {
  const inbox = new Inbox();
  const chunks = 64; // far more than may wait
  const sent = pipeline(
    Readable.from(
      (function* () {
        for (let i = 0; i < chunks; i++) yield Buffer.alloc(MIB, i);
      })(),
    ),
    inbox,
  );
  const received: number[] = [];
  for await (const chunk of inbox) {
    for (let i = 0; i < 3; i++) await nextTurn();
    received.push(chunk[0]!, chunk.at(-1)!);
  }
  await sent;
  expect(received).toEqual(Array.from({ length: 2 * chunks }, (_, i) => Math.floor(i / 2)));
});

test('one huge piece, and small ones behind it, pass', async () => {
  const inbox = new Inbox();
  inbox.write(Buffer.alloc(20 * MIB));
  for (let i = 0; i < 10; i++) inbox.write(Buffer.alloc(4 * MIB));
  inbox.end();
  let bytes = 0;
  for await (const chunk of inbox) bytes += chunk.length;
  expect(bytes).toBe(60 * MIB);
});

test('what came before a failure is handed out first', async () => {
  const inbox = new Inbox();
  inbox.write(Buffer.of(1, 2));
  inbox.fail(new Error('cut'));
  const received: Uint8Array[] = [];
  const read = async () => {
    for await (const chunk of inbox) received.push(chunk);
  };
  await expect(read()).rejects.toThrow('cut');
  expect(Buffer.concat(received)).toEqual(Buffer.of(1, 2));
});
