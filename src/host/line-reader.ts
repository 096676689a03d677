import { open } from 'node:fs/promises';

/** The complete lines that were appended to a file since the last look; a line in the making waits. */
export class LineReader {
  private readonly path: string;
  private offset = 0;

  constructor(path: string) {
    this.path = path;
  }

  async newLines(): Promise<string[]> {
    const file = await open(this.path, 'r');
    try {
      const { size } = await file.stat();
      const { buffer } = await file.read(
        Buffer.alloc(size - this.offset),
        0,
        size - this.offset,
        this.offset,
      );
      const end = buffer.lastIndexOf(0x0a) + 1; // a byte of its own in UTF-8
      this.offset += end;
      return buffer.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
    } finally {
      await file.close();
    }
  }
}
