/**
 * A process that makes thumbnails: a request per line on standard input, an answer per line on standard output, in the
 * order in which they are done. Ends when its input ends, so that it never outlives the editor.
 */
import { createInterface } from 'node:readline';
import type { ThumbnailReply, ThumbnailRequest } from '../../run/retrieval-messages.ts';
import { makeThumbnail } from './thumbnail.ts';

const SIDE = 224; // pixels

createInterface({ input: process.stdin }).on('line', async (line) => {
  const reply = await answer(JSON.parse(line) as ThumbnailRequest);
  process.stdout.write(`${JSON.stringify(reply)}\n`);
});

async function answer({ id, file }: ThumbnailRequest): Promise<ThumbnailReply> {
  try {
    return { id, data: (await makeThumbnail(file, SIDE)).toString('base64') };
  } catch (error) {
    return { id, problem: error instanceof Error ? error.message : String(error) };
  }
}
