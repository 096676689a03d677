import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { ThumbnailReply, ThumbnailRequest } from '../../run/retrieval-messages.ts';
import type { Command } from '../trainer-command.ts';

const AT_ONCE = 6; // images in the making; the rest can still be dropped

export type Thumbnail = { readonly data: string } | { readonly problem: string };

/**
 * Small images made by a process of its own: the view gets pictures of a few kilobytes, also over a slow connection to
 * a remote machine, may read no file itself, and the editor decodes nothing. What is wanted is replaced as a whole, so
 * that fast scrolling leaves no queue behind.
 */
export class Thumbnailer {
  private child: ChildProcessWithoutNullStreams | undefined;
  private wanted: readonly number[] = [];
  private readonly making = new Set<number>();
  private readonly command: Command;
  private readonly file: (image: number) => string | undefined;
  private readonly send: (image: number, thumbnail: Thumbnail) => void;

  /**
   * @param command the process
   * @param file absolute path of an image
   */
  constructor(
    command: Command,
    file: (image: number) => string | undefined,
    send: (image: number, thumbnail: Thumbnail) => void,
  ) {
    this.command = command;
    this.file = file;
    this.send = send;
  }

  /** @param images most urgent first; replaces those that were wanted before */
  want(images: readonly number[]): void {
    this.wanted = images.filter((image) => !this.making.has(image));
    this.next();
  }

  dispose(): void {
    this.wanted = [];
    this.making.clear();
    const { child } = this;
    this.child = undefined;
    child?.stdin.end();
    child?.kill();
  }

  private next(): void {
    while (this.making.size < AT_ONCE && this.wanted.length > 0) {
      const [image, ...rest] = this.wanted as [number, ...number[]];
      this.wanted = rest;
      const file = this.file(image);
      if (file === undefined) continue;
      this.making.add(image);
      const request: ThumbnailRequest = { id: image, file };
      this.process().stdin.write(`${JSON.stringify(request)}\n`);
    }
  }

  private process(): ChildProcessWithoutNullStreams {
    if (this.child) return this.child;
    const child = spawn(this.command.program, this.command.args, {
      env: this.command.env,
      windowsHide: true,
    });
    this.child = child;
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2000);
    });
    child.stdin.on('error', () => undefined); // its end is told below
    createInterface({ input: child.stdout }).on('line', (line) => this.receive(JSON.parse(line)));
    const ended = (reason: string) => {
      if (this.child !== child) return;
      this.child = undefined;
      const lost = [...this.making];
      this.making.clear();
      this.wanted = []; // the next wish starts a new process
      for (const image of lost) this.send(image, { problem: reason });
    };
    child.once('error', (error) => ended(`the process for thumbnails cannot be started: ${error.message}`));
    child.once('close', (code) =>
      ended(`the process for thumbnails ended with exit code ${code}: ${said.trim() || 'no message'}`),
    );
    return child;
  }

  private receive({ id, ...thumbnail }: ThumbnailReply): void {
    if (!this.making.delete(id)) return;
    this.send(id, thumbnail as Thumbnail);
    this.next();
  }
}
