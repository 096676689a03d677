import { DiskStore } from './disk-store.ts';
import { MemoryStore } from './memory-store.ts';
import type { RowPlaces } from './row-places.ts';
import type { FeatureStore } from './store.ts';

/** Batches read before loading begins: that of the first step, and the one that is gathered while it computes. */
const BATCHES_BEFORE = 2;

/**
 * Holds every feature in memory, which gigabytes take seconds to get into: until then rows are read from disk, so that
 * the first steps need not wait. Loading wants a core for itself: it begins when the first step is done.
 */
export class LoadingStore implements FeatureStore {
  readonly inMemory = true;
  readonly count: number;
  readonly width: number;
  readonly views: number;
  private readonly places: RowPlaces;
  private readonly disk: DiskStore;
  /** Rows that are being read from disk. */
  private readonly reading = new Set<Promise<void>>();
  private readonly closing = new AbortController();
  private batches = 0;
  private memory: MemoryStore | undefined;
  private loading: Promise<void> | undefined;
  private failure: { readonly error: unknown } | undefined;

  constructor(places: RowPlaces) {
    this.places = places;
    this.disk = new DiskStore(places);
    this.count = places.count;
    this.width = places.width;
    this.views = places.views;
  }

  /** @throws also what made loading fail: the store's files are then not what they were */
  gather(rows: Int32Array, view: number, out: Float32Array): void | Promise<void> {
    if (this.failure) throw this.failure.error;
    if (this.memory) return this.memory.gather(rows, view, out);
    if (++this.batches > BATCHES_BEFORE) this.loading ??= this.load();
    const read = this.disk.gather(rows, view, out).finally(() => this.reading.delete(read));
    this.reading.add(read);
    return read;
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.closeDisk();
    await this.loading;
    await this.memory?.close();
  }

  private async load(): Promise<void> {
    const { signal } = this.closing;
    try {
      this.memory = await MemoryStore.load(this.places, signal);
      await this.closeDisk();
    } catch (error) {
      if (!signal.aborted) this.failure = { error }; // thrown by the next gather
    }
  }

  private async closeDisk(): Promise<void> {
    await Promise.allSettled(this.reading); // a failure is the asker's
    await this.disk.close();
  }
}
