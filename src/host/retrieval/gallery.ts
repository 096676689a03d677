import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { GalleryRow } from '../../run/retrieval-messages.ts';

/** A line of what `mdfe evaluate --gallery` writes. */
export interface GalleryLine {
  readonly query: string;
  readonly domain: string | null;
  readonly relevant: number;
  readonly score: number | null;
  readonly neighbours: readonly FoundLine[];
}

export interface FoundLine {
  readonly image: string;
  readonly distance: number;
  readonly right?: boolean | undefined;
}

/** Paths by number: an image is found by many queries, and its path travels once. */
export class ImageNumbers {
  readonly paths: string[] = [];
  private readonly numbers = new Map<string, number>();

  of(path: string): number {
    const known = this.numbers.get(path);
    if (known !== undefined) return known;
    const number = this.paths.push(path) - 1;
    this.numbers.set(path, number);
    return number;
  }
}

/** Queries with their nearest images, in the file's order, worst first. */
export class Gallery {
  readonly images = new ImageNumbers();
  readonly rows: GalleryRow[] = [];

  /** Reads line by line, so that a large file holds nothing up. */
  static async read(file: string): Promise<Gallery> {
    const gallery = new Gallery();
    for await (const line of createInterface({ input: createReadStream(file, 'utf8') }))
      gallery.add(JSON.parse(line) as GalleryLine);
    return gallery;
  }

  add({ query, domain, relevant, score, neighbours }: GalleryLine): void {
    this.rows.push({
      query: this.images.of(query),
      domain,
      relevant,
      score,
      found: this.found(neighbours),
    });
  }

  /** What an image of the user's own found; it stands beside the rows, not among them. */
  search(query: string, neighbours: readonly FoundLine[]): GalleryRow {
    return {
      query: this.images.of(query),
      domain: null,
      relevant: null,
      score: null,
      found: this.found(neighbours),
    };
  }

  private found(lines: readonly FoundLine[]) {
    return lines.map(({ image, distance, right }) => ({
      image: this.images.of(image),
      distance,
      right: right ?? null,
    }));
  }
}

export interface Piece {
  readonly from: number;
  readonly images: readonly string[];
  readonly rows: readonly GalleryRow[];
}

/** Rows in pieces of at most `size`, each with the paths that it names first. */
export function* inPieces({ rows, images }: Gallery, size: number): Generator<Piece> {
  let sent = 0;
  for (let from = 0; from < rows.length; from += size) {
    const piece = rows.slice(from, from + size);
    const highest = piece.reduce(
      (max, row) => row.found.reduce((m, { image }) => Math.max(m, image), Math.max(max, row.query)),
      sent - 1,
    );
    yield { from, images: images.paths.slice(sent, highest + 1), rows: piece };
    sent = highest + 1;
  }
}
