/** What the retrieval gallery remembers over a window reload; the host replays everything else. */
export interface RetrievalState {
  readonly runId: string;
  readonly view: GalleryView;
  /** Row at the top of the list, counted in the filtered and sorted order. */
  readonly top: number;
}

export type GalleryOrder = 'worst' | 'best' | 'surest' | 'name';
export type TileSize = 'small' | 'medium' | 'large';

/** Which queries are shown, and how. */
export interface GalleryView {
  /** Null: all. */
  readonly domain: string | null;
  /** Part of a file name. */
  readonly text: string;
  /** Only queries with something wrong among their nearest. */
  readonly mistakes: boolean;
  readonly order: GalleryOrder;
  readonly size: TileSize;
}

/** One found image. Images are numbers into the list of paths that came with the entries. */
export interface Found {
  readonly image: number;
  /** Class: a number into the list of class names that came with the entries; null where it is not known. */
  readonly label: number | null;
  readonly distance: number;
  /** Null where the class of the query is not known. */
  readonly right: boolean | null;
}

/** One query with its nearest images. */
export interface GalleryRow {
  readonly query: number;
  /** Class, see {@link Found}. */
  readonly label: number | null;
  readonly domain: string | null;
  /** Index images of its class; null where the class is not known. */
  readonly relevant: number | null;
  /** mMP@5; null where the query does not count. */
  readonly score: number | null;
  /** Nearest first, at most 5. */
  readonly found: readonly Found[];
}

export interface DomainScores {
  readonly queries: number;
  readonly excluded: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** What `mdfe evaluate --json` prints. */
export interface EvaluationSummary extends DomainScores {
  /** Data root, absolute: image paths are relative to it. */
  readonly root: string;
  /** What was held out, in words. */
  readonly images: string;
  readonly metric: string;
  readonly neck: string;
  readonly checkpoint: string | null;
  readonly indexImages: number;
  readonly skipped: number;
  readonly notes: readonly string[];
  readonly domains: Readonly<Record<string, DomainScores>>;
}

/** The run that is explored, and with which images. */
export interface ExploredRun {
  readonly runId: string;
  readonly name: string;
  readonly dataDir: string;
  /** Replaces what the configuration holds out. */
  readonly csv: string | null;
  /** Leave missing and damaged images out. */
  readonly skipBadImages: boolean;
}

/** What can be done about a failure; each is a message of the view. */
export type Remedy = 'evaluate' | 'chooseData' | 'chooseCsv' | 'skipBadImages' | 'chooseRun';

export type HostToGallery =
  /** The evaluation goes on. `total` 0: nobody knows how long. */
  | {
      readonly type: 'working';
      readonly run: ExploredRun;
      readonly text: string;
      readonly done: number;
      readonly total: number;
    }
  | {
      readonly type: 'failed';
      readonly run: ExploredRun | null;
      readonly title: string;
      readonly text: string;
      readonly remedies: readonly Remedy[];
    }
  /** A gallery begins; its rows follow in pieces. */
  | {
      readonly type: 'gallery';
      readonly run: ExploredRun;
      readonly summary: EvaluationSummary;
      readonly total: number;
    }
  /** Rows `from` ...; `images` and `classes` are what these rows name for the first time, numbered on. */
  | {
      readonly type: 'rows';
      readonly from: number;
      readonly images: readonly string[];
      readonly classes: readonly string[];
      readonly rows: readonly GalleryRow[];
    }
  /** A small JPEG as base64, or why there is none. */
  | {
      readonly type: 'thumbnail';
      readonly image: number;
      readonly data: string | null;
      readonly problem: string;
    }
  /** The search for an image of the user's own. */
  | { readonly type: 'search'; readonly state: 'working'; readonly text: string }
  | { readonly type: 'search'; readonly state: 'failed'; readonly text: string }
  | { readonly type: 'search'; readonly state: 'closed' }
  | {
      readonly type: 'search';
      readonly state: 'found';
      /** Names of what the row refers to, by number. */
      readonly images: Readonly<Record<number, string>>;
      readonly classes: Readonly<Record<number, string>>;
      readonly row: GalleryRow;
    };

export type GalleryToHost =
  /** The view is there (again). */
  | { readonly type: 'ready'; readonly runId: string | null }
  | { readonly type: Remedy }
  | { readonly type: 'cancel' }
  /** Choose an image and look up what it finds. */
  | { readonly type: 'searchImage' }
  | { readonly type: 'closeSearch' }
  | { readonly type: 'open'; readonly image: number }
  /** Thumbnails wanted now, most urgent first; what was wanted before and is not named any more is dropped. */
  | { readonly type: 'thumbnails'; readonly images: readonly number[] };

/** A line that `--json-progress` writes to standard error. */
export type ProgressLine =
  | { readonly type: 'status'; readonly text: string; readonly done: number; readonly total: number }
  | { readonly type: 'note'; readonly text: string };

/** A line of JSON to the process that makes thumbnails. */
export interface ThumbnailRequest {
  readonly id: number;
  /** Absolute path. */
  readonly file: string;
}

/** Its answer: JPEG as base64, or why there is none. */
export type ThumbnailReply =
  | { readonly id: number; readonly data: string }
  | { readonly id: number; readonly problem: string };
