import { ImagePool } from '../../data/image/pool.ts';
import type { PreparationPlan } from '../../data/image/worker-protocol.ts';
import type { ImageList } from '../../data/image-list.ts';
import type { FeatureStore } from '../../features/store.ts';
import { Slots } from './slots.ts';

/** Images under way for each worker: one that it works on, one waiting. */
const SLOTS_PER_WORKER = 2;

export interface PixelStoreOptions {
  readonly images: ImageList;
  /** [count] images that the rows stand for. */
  readonly kept: Int32Array;
  readonly plan: PreparationPlan;
  /** Different views of an image, for random transforms. */
  readonly views: number;
  readonly workers: number;
}

/**
 * Normalised pixels [3, S, S] in the place of a frozen backbone's features: decoded and transformed by worker threads
 * each time they are asked for. The random numbers of a transform depend on seed, image and view alone, so the same view
 * always looks the same. Holds a few images at a time, whatever the batch.
 */
export class PixelStore implements FeatureStore {
  readonly inMemory = false;
  readonly count: number;
  readonly width: number;
  readonly views: number;
  private readonly options: PixelStoreOptions;
  private readonly shared: SharedArrayBuffer;
  private readonly slots: Slots;
  private pool: ImagePool | undefined;

  constructor(options: PixelStoreOptions) {
    this.options = options;
    this.count = options.kept.length;
    this.width = 3 * options.plan.transform.size ** 2;
    this.views = options.views;
    const slots = SLOTS_PER_WORKER * options.workers;
    this.slots = new Slots(slots);
    this.shared = new SharedArrayBuffer(slots * this.width * Float32Array.BYTES_PER_ELEMENT);
  }

  async gather(rows: Int32Array, view: number, out: Float32Array): Promise<void> {
    const { width } = this;
    await Promise.all(
      Array.from(rows, (row, place) =>
        this.prepare(row, view, out.subarray(place * width, (place + 1) * width)),
      ),
    );
  }

  async close(): Promise<void> {
    await this.pool?.close();
  }

  private async prepare(row: number, view: number, out: Float32Array): Promise<void> {
    const { images, kept, plan, workers } = this.options;
    const slot = await this.slots.take();
    try {
      this.pool ??= new ImagePool({ plan, batches: [this.shared] }, workers);
      await this.pool.prepare(images.image(kept[row]!), [{ batch: 0, slot, view }]);
      const bytes = slot * this.width * Float32Array.BYTES_PER_ELEMENT;
      out.set(new Float32Array(this.shared, bytes, this.width));
    } finally {
      this.slots.release(slot);
    }
  }
}
