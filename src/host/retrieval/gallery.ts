import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { GalleryRow } from '../../run/retrieval-messages.ts';

/** A line of what `mdfe evaluate --gallery` writes. */
export interface GalleryLine {
  readonly query: string;
  readonly label: string;
  readonly domain: string | null;
  readonly relevant: number;
  readonly score: number | null;
  readonly neighbours: readonly FoundLine[];
}

export interface FoundLine {
  readonly image: string;
  readonly label: string;
  readonly distance: number;
  readonly right?: boolean | undefined;
}

/** Texts by number: an image is found by many queries, and its path travels once; so does the name of a class. */
export class TextNumbers {
  readonly texts: string[] = [];
  private readonly numbers = new Map<string, number>();

  of(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    const number = this.texts.push(text) - 1;
    this.numbers.set(text, number);
    return number;
  }
}

/** Queries with their nearest images, in the file's order, worst first. */
export class Gallery {
  readonly images = new TextNumbers();
  readonly classes = new TextNumbers();
  readonly rows: GalleryRow[] = [];

  /** Reads line by line, so that a large file holds nothing up. */
  static async read(file: string): Promise<Gallery> {
    const gallery = new Gallery();
    for await (const line of createInterface({ input: createReadStream(file, 'utf8') }))
      gallery.add(JSON.parse(line) as GalleryLine);
    return gallery;
  }

  add({ query, label, domain, relevant, score, neighbours }: GalleryLine): void {
    this.rows.push({
      query: this.images.of(query),
      label: this.classes.of(label),
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
      label: null,
      domain: null,
      relevant: null,
      score: null,
      found: this.found(neighbours),
    };
  }

  private found(lines: readonly FoundLine[]) {
    return lines.map(({ image, label, distance, right }) => ({
      image: this.images.of(image),
      label: this.classes.of(label),
      distance,
      right: right ?? null,
    }));
  }
}

export interface Piece {
  readonly from: number;
  readonly images: readonly string[];
  readonly classes: readonly string[];
  readonly rows: readonly GalleryRow[];
}

/** Rows in pieces of at most `size`, each with the paths and class names that it names first. */
export function* inPieces({ rows, images, classes }: Gallery, size: number): Generator<Piece> {
  let sentImages = 0;
  let sentClasses = 0;
  for (let from = 0; from < rows.length; from += size) {
    const piece = rows.slice(from, from + size);
    const first = { images: sentImages, classes: sentClasses };
    for (const { query, label, found } of piece) {
      sentImages = Math.max(sentImages, query + 1, ...found.map(({ image }) => image + 1));
      sentClasses = Math.max(sentClasses, (label ?? -1) + 1, ...found.map((f) => (f.label ?? -1) + 1));
    }
    yield {
      from,
      images: images.texts.slice(first.images, sentImages),
      classes: classes.texts.slice(first.classes, sentClasses),
      rows: piece,
    };
  }
}
