import type { HostToGallery } from '../../src/run/retrieval-messages.ts';

const KEPT = 1500; // some 15 MB

type Thumbnail = Extract<HostToGallery, { type: 'thumbnail' }>;

/** Small pictures that have come from the host, the ones used last; and those that are waited for. */
export class Pictures {
  private readonly kept = new Map<number, Thumbnail>();
  private asked = '';
  private readonly ask: (images: readonly number[]) => void;

  constructor(ask: (images: readonly number[]) => void) {
    this.ask = ask;
  }

  /** The numbers mean other images now. */
  clear(): void {
    this.kept.clear();
    this.asked = '';
  }

  get(image: number): Thumbnail | undefined {
    const known = this.kept.get(image);
    if (known) {
      this.kept.delete(image);
      this.kept.set(image, known); // used last
    }
    return known;
  }

  add(thumbnail: Thumbnail): void {
    this.kept.set(thumbnail.image, thumbnail);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= KEPT) break;
      this.kept.delete(oldest);
    }
  }

  /** Asks for those that are not there; others that were asked for are not needed any more. */
  want(images: readonly number[]): void {
    const missing = [...new Set(images)].filter((image) => !this.kept.has(image));
    const key = missing.join();
    if (key === this.asked) return;
    this.asked = key;
    if (missing.length > 0) this.ask(missing);
  }
}
