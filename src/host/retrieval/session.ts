import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { readRunRecord } from '../../run/reader.ts';
import type { EvaluationSummary, ExploredRun, HostToGallery } from '../../run/retrieval-messages.ts';
import { type TaskHooks, TaskStopped } from '../task.ts';
import type { Command } from '../trainer-command.ts';
import { type Explained, explainFailure, noData, noRun, stopped } from './explain.ts';
import { type FoundLine, Gallery, inPieces, type TextNumbers } from './gallery.ts';
import type { GalleryCache } from './gallery-cache.ts';
import { Thumbnailer } from './thumbnailer.ts';

const PIECE = 500; // rows in one message

export interface SessionParts {
  readonly cache: GalleryCache;
  /** Runs the command line; what it prints. */
  readonly task: (args: readonly string[], hooks: TaskHooks) => Promise<string>;
  /** The process that makes thumbnails. */
  readonly thumbnails: Command;
  readonly send: (message: HostToGallery) => void;
}

/** What one panel explores: a run's evaluation on its way, failed, or as a gallery; and a search of the user's own. */
export class RetrievalSession {
  private readonly parts: SessionParts;
  private readonly thumbnailer: Thumbnailer;
  private run: ExploredRun | undefined;
  private disposed = false;
  /** Counts what was begun: what comes late from before is dropped. */
  private turn = 0;
  /** Counts galleries that were sent: a view that comes back gets one from its start. */
  private sending = 0;
  private working = new AbortController();
  private searching = new AbortController();
  /** What a view that comes back is told first. */
  private status: HostToGallery | undefined;
  private searchStatus: HostToGallery = { type: 'search', state: 'closed' };
  private summary: EvaluationSummary | undefined;
  private gallery: Gallery | undefined;

  constructor(parts: SessionParts) {
    this.parts = parts;
    this.thumbnailer = new Thumbnailer(
      parts.thumbnails,
      (image) => this.file(image),
      (image, made) =>
        this.send({
          type: 'thumbnail',
          image,
          data: 'data' in made ? made.data : null,
          problem: 'problem' in made ? made.problem : '',
        }),
    );
  }

  get explored(): ExploredRun | undefined {
    return this.run;
  }

  /** Absolute path of an image that the gallery shows. */
  file(image: number): string | undefined {
    const path = this.gallery?.images.texts[image];
    return path === undefined || !this.summary ? undefined : resolve(this.summary.root, path);
  }

  /** Shows that run's gallery, evaluating first where that was not done yet, or where `again` asks for it. */
  async show(run: ExploredRun, again = false): Promise<void> {
    this.stop();
    const turn = this.turn;
    const { signal } = this.working;
    this.run = run;
    try {
      const record = readRunRecord(run.runId);
      if (!record) return this.fail(noRun);
      if (!existsSync(run.dataDir)) return this.fail(noData(run.dataDir));
      this.progress('looking at what is there', 0, 0);
      const key = this.parts.cache.key(run, record);
      const before = again ? undefined : await this.parts.cache.read(key);
      const summary = before ?? (await this.evaluate(run, key, signal));
      const gallery = await Gallery.read(this.parts.cache.galleryFile(key));
      if (turn !== this.turn) return;
      this.summary = summary;
      this.gallery = gallery;
      await this.sendGallery();
    } catch (error) {
      if (turn !== this.turn) return;
      this.fail(error instanceof TaskStopped ? stopped : explainFailure(messageOf(error)));
    }
  }

  /** Tells a view that is there (again) everything. */
  async replay(): Promise<void> {
    if (this.status) this.send(this.status);
    if (this.gallery) await this.sendGallery();
    this.send(this.searchStatus);
  }

  /** Nothing can be shown. */
  fail({ title, text, remedies }: Explained): void {
    this.tell({ type: 'failed', run: this.run ?? null, title, text, remedies });
  }

  cancel(): void {
    this.working.abort();
  }

  want(images: readonly number[]): void {
    this.thumbnailer.want(images);
  }

  /** What an image file finds. */
  async search(image: string): Promise<void> {
    const { run, gallery } = this;
    if (!run || !gallery) return;
    this.closeSearch();
    const { signal } = this.searching;
    this.tellSearch({ type: 'search', state: 'working', text: 'starting' });
    try {
      const printed = await this.parts.task(
        ['neighbours', run.runId, image, run.dataDir, '--json', ...options(run)],
        {
          signal,
          onProgress: (line) => {
            if (line.type === 'status')
              this.tellSearch({ type: 'search', state: 'working', text: withCount(line) });
          },
        },
      );
      if (signal.aborted || gallery !== this.gallery) return;
      const { neighbours } = JSON.parse(printed) as { neighbours: FoundLine[] };
      const row = gallery.search(image, neighbours);
      const named = (numbers: readonly number[], { texts }: TextNumbers) =>
        Object.fromEntries(numbers.map((n) => [n, texts[n]!]));
      const images = named([row.query, ...row.found.map((f) => f.image)], gallery.images);
      const classes = named(
        row.found.flatMap(({ label }) => label ?? []),
        gallery.classes,
      );
      this.tellSearch({ type: 'search', state: 'found', images, classes, row });
    } catch (error) {
      if (error instanceof TaskStopped || signal.aborted) return;
      this.tellSearch({ type: 'search', state: 'failed', text: messageOf(error).replace(/^error: /, '') });
    }
  }

  closeSearch(): void {
    this.searching.abort();
    this.searching = new AbortController();
    this.tellSearch({ type: 'search', state: 'closed' });
  }

  dispose(): void {
    this.disposed = true;
    this.stop();
    this.thumbnailer.dispose();
  }

  private stop(): void {
    this.turn++;
    this.sending++;
    this.working.abort();
    this.working = new AbortController();
    this.closeSearch();
    this.thumbnailer.want([]);
    this.gallery = undefined;
    this.summary = undefined;
    this.status = undefined;
  }

  private async evaluate(run: ExploredRun, key: string, signal: AbortSignal): Promise<EvaluationSummary> {
    await this.parts.cache.prepare(key);
    const notes: string[] = [];
    const printed = await this.parts.task(
      [
        'evaluate',
        run.runId,
        run.dataDir,
        '--gallery',
        this.parts.cache.galleryFile(key),
        '--json',
        ...options(run),
      ],
      {
        signal,
        onProgress: (line) => {
          if (line.type === 'note') notes.push(line.text);
          else if (!signal.aborted) this.progress(line.text, line.done, line.total);
        },
      },
    );
    const told = JSON.parse(printed) as EvaluationSummary;
    const summary = { ...told, notes: [...new Set([...notes, ...told.notes])] };
    await this.parts.cache.finish(key, summary);
    return summary;
  }

  private async sendGallery(): Promise<void> {
    const { run, summary, gallery } = this;
    if (!run || !summary || !gallery) return;
    const sending = ++this.sending;
    this.status = undefined;
    this.send({ type: 'gallery', run, summary, total: gallery.rows.length });
    for (const piece of inPieces(gallery, PIECE)) {
      this.send({ type: 'rows', ...piece });
      await yieldToOthers();
      if (sending !== this.sending) return;
    }
  }

  private progress(text: string, done: number, total: number): void {
    if (this.run) this.tell({ type: 'working', run: this.run, text, done, total });
  }

  /** The view of a disposed panel refuses messages. */
  private send(message: HostToGallery): void {
    if (!this.disposed) this.parts.send(message);
  }

  private tell(message: HostToGallery): void {
    this.status = message;
    this.send(message);
  }

  private tellSearch(message: HostToGallery): void {
    this.searchStatus = message;
    this.send(message);
  }
}

function options({ csv, skipBadImages }: ExploredRun): string[] {
  return [
    '--json-progress',
    ...(csv === null ? [] : ['--csv', csv]),
    ...(skipBadImages ? ['--skip-bad-images'] : []),
  ];
}

function withCount({ text, done, total }: { text: string; done: number; total: number }): string {
  return total > 0 ? `${text} ${done}/${total}` : text;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
