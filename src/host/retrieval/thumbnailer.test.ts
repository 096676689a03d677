import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Thumbnail, Thumbnailer } from './thumbnailer.ts';

const PATIENCE = 50_000; // ms: a busy machine takes its time to start a process

const worker = (body: string) => ({
  program: process.execPath,
  args: [
    '-e',
    `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
       const { id, file } = JSON.parse(line);
       ${body}
     });`,
  ],
  env: process.env,
});
const echo = worker(`setTimeout(() => console.log(JSON.stringify({ id, data: file })), 5);`);
const dying = worker('console.error("out of memory"); process.exit(7);');

let thumbnailer: Thumbnailer | undefined;
afterEach(() => thumbnailer?.dispose());

function start(command: typeof echo) {
  const got = new Map<number, Thumbnail>();
  thumbnailer = new Thumbnailer(
    command,
    (image) => (image < 100 ? `/data/${image}.jpg` : undefined),
    (image, thumbnail) => got.set(image, thumbnail),
  );
  return { got, thumbnailer };
}

describe('Thumbnailer', () => {
  it('makes what is wanted, and nothing for unknown images', async () => {
    const { got, thumbnailer } = start(echo);
    thumbnailer.want([3, 500, 1]);
    await vi.waitFor(() => expect([...got.keys()].sort()).toEqual([1, 3]), PATIENCE);
    expect(got.get(3)).toEqual({ data: '/data/3.jpg' });
  });

  it('drops what is not wanted any more', async () => {
    const { got, thumbnailer } = start(echo);
    thumbnailer.want(Array.from({ length: 60 }, (_, i) => i));
    thumbnailer.want([70, 71]);
    await vi.waitFor(() => expect(got.has(71)).toBe(true), PATIENCE);
    expect([...got.keys()].filter((image) => image >= 6 && image < 70)).toEqual([]);
  });

  it('asks once for an image in the making', async () => {
    const { got, thumbnailer } = start(echo);
    thumbnailer.want([1]);
    thumbnailer.want([1, 2]);
    await vi.waitFor(() => expect(got.size).toBe(2), PATIENCE);
  });

  it('says why there is no image when the process dies, and starts another for the next wish', async () => {
    const { got, thumbnailer } = start(dying);
    thumbnailer.want([1, 2]);
    await vi.waitFor(() => expect(got.size).toBe(2), PATIENCE);
    expect(got.get(1)).toEqual({ problem: expect.stringContaining('exit code 7: out of memory') });
    thumbnailer.want([9]);
    await vi.waitFor(() => expect(got.has(9)).toBe(true), PATIENCE);
  });
});
