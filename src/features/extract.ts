import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { cacheFolder } from '../common/cache-dir.ts';
import { MdfeError } from '../common/errors.ts';
import type { Precision } from '../common/precision.ts';
import { dataViewOf, type TextPool } from '../common/text-pool.ts';
import { type BadImage, toBadImage } from '../data/image/bad-images.ts';
import { ImagePool } from '../data/image/pool.ts';
import type { Target } from '../data/image/worker-protocol.ts';
import { imageKeys } from './image-key.ts';
import { type InferencePlan, planInference } from './inference-plan.ts';
import { InferencePool } from './inference-pool.ts';
import type { FeatureRequest, InferenceEngine } from './request.ts';
import type { ShardWriter } from './shard-writer.ts';

/** Batches under way beside those in the network: one being filled, one waiting. */
const BATCHES_AHEAD = 2;

/** A request whose engine is chosen. */
export type ExtractionRequest = Omit<FeatureRequest, 'engine'> & { readonly engine: InferenceEngine };

export interface ExtractionHooks {
  readonly onRows: (count: number) => void;
  /** Called once when the first bad image ends the computing and the remaining images are only looked at. */
  readonly onListing: () => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Computes the missing rows (in order, views of an image side by side) and hands them to the writer. Decoding workers
 * fill shared batches while the network runs on others; what is held at a time depends on batch size and threads alone.
 * Without skipBadImages the first bad image ends the computing, and the rest is only decoded to list all bad ones.
 */
export class Extraction {
  readonly bad: BadImage[] = [];
  private readonly request: ExtractionRequest;
  private readonly views: number;
  private readonly keys: TextPool;
  private readonly writer: ShardWriter;
  private readonly hooks: ExtractionHooks;
  private readonly pool: ImagePool;
  private readonly buffers: SharedArrayBuffer[];
  private readonly plan: InferencePlan;
  private network: Promise<InferencePool> | undefined;
  private readonly badImages = new Set<number>();

  /** @param bad images that are known to be bad already */
  constructor(
    request: ExtractionRequest,
    views: number,
    keys: TextPool,
    bad: readonly BadImage[],
    writer: ShardWriter,
    hooks: ExtractionHooks,
  ) {
    this.request = request;
    this.views = views;
    this.bad.push(...bad);
    this.keys = keys;
    this.writer = writer;
    this.hooks = hooks;
    this.plan = planInference(request.engine, request.backbone, request.precision, request.batchSize);
    const bytes = this.plan.batchSize * 3 * request.transform.size ** 2 * 4;
    const batches = this.plan.sessions + BATCHES_AHEAD;
    this.buffers = Array.from({ length: batches }, () => new SharedArrayBuffer(bytes));
    const { transform, mean, std, seed, images } = request;
    const plan = { root: images.root, transform, mean, std, seed };
    this.pool = new ImagePool(
      { plan, batches: this.buffers },
      request.decodeWorkers ?? defaultWorkers(request),
    );
  }

  /** Whether anything was computed. */
  get ran(): boolean {
    return this.network !== undefined;
  }

  /** @param rows image * views + view */
  async run(rows: Int32Array): Promise<void> {
    const { batchSize } = this.plan;
    const free = this.buffers.map((_, i) => i);
    const running = new Map<number, Promise<number>>();
    let written: Promise<void> = Promise.resolve();
    try {
      for (let from = 0; from < rows.length; from += batchSize) {
        this.hooks.signal?.throwIfAborted();
        if (this.bad.length > 0 && !this.request.skipBadImages) {
          await Promise.all(running.values());
          return await this.listRest(rows.subarray(from));
        }
        if (free.length === 0) {
          const done = await Promise.race(running.values());
          running.delete(done);
          free.push(done);
        }
        const buffer = free.pop()!;
        const batch = rows.subarray(from, from + batchSize);
        const decoded = this.decode(batch, buffer);
        const previous = written;
        written = decoded.then((good) => this.compute(batch, good, buffer, previous));
        const task = written.then(() => buffer);
        task.catch(() => undefined); // thrown where it is awaited
        running.set(buffer, task);
      }
      await Promise.all(running.values());
    } finally {
      // Batches still under way keep using the workers: let them end or fail before closing.
      await Promise.allSettled(running.values());
    }
  }

  async close(): Promise<void> {
    const network = await this.network?.catch(() => undefined); // thrown where it was needed
    await Promise.all([this.pool.close(), network?.close()]);
  }

  /** Fills a batch; returns which slots hold pixels. */
  private async decode(batch: Int32Array, buffer: number): Promise<boolean[]> {
    const targets = new Map<number, Target[]>();
    batch.forEach((row, slot) => {
      const { image, view } = this.place(row);
      const list = targets.get(image) ?? [];
      list.push({ batch: buffer, slot, view });
      targets.set(image, list);
    });
    await Promise.all([...targets].map(([image, list]) => this.prepare(image, list)));
    return Array.from(batch, (row) => !this.badImages.has(this.place(row).image));
  }

  private async prepare(index: number, targets: readonly Target[]): Promise<void> {
    if (this.badImages.has(index)) return;
    const image = this.request.images.image(index);
    try {
      await this.pool.prepare(image, targets);
    } catch (error) {
      const bad = toBadImage(error, index, image);
      if (this.badImages.has(index)) return;
      this.badImages.add(index);
      this.bad.push(bad);
    }
  }

  private async compute(
    batch: Int32Array,
    good: readonly boolean[],
    buffer: number,
    previous: Promise<void>,
  ): Promise<void> {
    const width = this.request.backbone.width;
    if (good.includes(true)) {
      const features = await (await this.startNetwork()).run({ batch: buffer, count: batch.length });
      await previous; // rows reach the writer in order, one batch at a time
      this.requireUnchanged(batch, good);
      this.requireFinite(features, batch, good);
      for (let slot = 0; slot < batch.length; slot++) {
        const { image, view } = this.place(batch[slot]!);
        if (good[slot])
          await this.writer.add(
            view,
            this.keys.get(image),
            features.subarray(slot * width, (slot + 1) * width),
          );
      }
    } else await previous;
    this.hooks.onRows(batch.length);
  }

  /** What was decoded is what was looked up: else features would be stored as those of another version of the file. */
  private requireUnchanged(batch: Int32Array, good: readonly boolean[]): void {
    const { keys, request } = this;
    const { root } = request.images;
    const decoded = [
      ...new Set([...batch].filter((_, slot) => good[slot]).map((row) => this.place(row).image)),
    ];
    const paths = decoded.map((index) => request.images.image(index));
    const now = imageKeys(root, paths);
    const nowData = dataViewOf(now.bytes);
    let at = 0;
    decoded.forEach((index, i) => {
      const same = now.lengths[i] === keys.byteLength(index) && keys.standsAt(index, nowData, at);
      if (!same) throw changed(root, paths[i]!);
      at += now.lengths[i]!;
    });
  }

  /** What is stored is used by every later run. */
  private requireFinite(features: Float32Array, batch: Int32Array, good: readonly boolean[]): void {
    const { backbone, images, precision } = this.request;
    const { width } = backbone;
    for (let slot = 0; slot < batch.length; slot++) {
      if (!good[slot]) continue;
      const row = features.subarray(slot * width, (slot + 1) * width);
      const value = row.find((x) => !Number.isFinite(x));
      if (value === undefined) continue;
      throw notFinite(resolve(images.root, images.image(this.place(batch[slot]!).image)), value, precision);
    }
  }

  private place(row: number): { image: number; view: number } {
    return { image: Math.floor(row / this.views), view: row % this.views };
  }

  private startNetwork(): Promise<InferencePool> {
    this.network ??= this.openNetwork();
    return this.network;
  }

  private async openNetwork(): Promise<InferencePool> {
    const { backbone, engine, transform, precision, cacheDir } = this.request;
    const { threads, prepack, portable, compiled, sessions } = this.plan;
    const { model, weightsFolder } = await backbone.load(precision, cacheFolder(cacheDir), portable);
    const { providers } = engine;
    const { size } = transform;
    return new InferencePool(
      { model, weightsFolder, providers, threads, prepack, compiled, batches: this.buffers, size },
      sessions,
    );
  }

  private async listRest(rows: Int32Array): Promise<void> {
    this.hooks.onListing();
    for (let from = 0; from < rows.length; from += LISTING_CHUNK) {
      this.hooks.signal?.throwIfAborted();
      const chunk = rows.subarray(from, from + LISTING_CHUNK);
      const images = new Set(Array.from(chunk, (row) => this.place(row).image));
      await Promise.all([...images].map((image) => this.prepare(image, [])));
      this.hooks.onRows(chunk.length);
    }
  }
}

function changed(root: string, image: string): MdfeError {
  return new MdfeError({
    code: 'data/image-changed',
    what: 'the image changed while features were computed',
    where: resolve(root, image),
    todo: 'start again when the data no longer change; what is computed of unchanged images is kept',
  });
}

function notFinite(image: string, value: number, precision: Precision): MdfeError {
  return new MdfeError({
    code: 'features/not-finite',
    what: 'the backbone gives features that are no numbers',
    where: image,
    expected: 'finite numbers',
    got: String(value),
    todo:
      precision === 'fp16'
        ? 'take --precision fp32: half precision ends at 65504, and this network goes beyond'
        : "check the backbone's weights: some are not finite, or they belong to another network",
  });
}

const LISTING_CHUNK = 64;

/** On the CPU the network needs the cores; beside a GPU decoding does. */
function defaultWorkers({ engine }: ExtractionRequest): number {
  const cores = availableParallelism();
  return engine.providers[0] === 'cpu'
    ? Math.max(1, Math.min(8, cores >> 1))
    : Math.max(1, Math.min(16, cores - 1));
}
