import type {
  EvaluationSummary,
  ExploredRun,
  GalleryRow,
  HostToGallery,
} from '../../src/run/retrieval-messages.ts';

/** What the gallery knows; changed by the host's messages only. */
export interface GalleryModel {
  readonly phase:
    | { readonly name: 'loading' }
    | Extract<HostToGallery, { type: 'working' | 'failed' }>
    | ShownGallery;
  readonly search: Extract<HostToGallery, { type: 'search' }>;
}

export interface ShownGallery {
  readonly type: 'gallery';
  readonly run: ExploredRun;
  readonly summary: EvaluationSummary;
  readonly total: number;
  /** Those that have come so far, worst first; grows in place. */
  readonly rows: GalleryRow[];
  /** Paths by number; grows in place. */
  readonly images: string[];
  /** Class names by number; grows in place. */
  readonly classes: string[];
}

export const nothing: GalleryModel = {
  phase: { name: 'loading' },
  search: { type: 'search', state: 'closed' },
};

/** The gallery, once it is there. */
export function galleryOf({ phase }: GalleryModel): ShownGallery | undefined {
  return 'type' in phase && phase.type === 'gallery' ? phase : undefined;
}

/** Takes in a message. Rows that do not continue what is there belong to an older gallery. */
export function receive(model: GalleryModel, message: HostToGallery): GalleryModel {
  switch (message.type) {
    case 'working':
    case 'failed':
      return { ...model, phase: message };
    case 'gallery':
      return { ...model, phase: { ...message, rows: [], images: [], classes: [] } };
    case 'rows': {
      const gallery = galleryOf(model);
      if (!gallery || message.from !== gallery.rows.length) return model;
      for (const row of message.rows) gallery.rows.push(row);
      for (const path of message.images) gallery.images.push(path);
      for (const name of message.classes) gallery.classes.push(name);
      return { ...model };
    }
    case 'search': {
      const gallery = galleryOf(model);
      if (gallery && message.state === 'found') {
        for (const [number, path] of Object.entries(message.images)) gallery.images[Number(number)] = path;
        for (const [number, name] of Object.entries(message.classes)) gallery.classes[Number(number)] = name;
      }
      return { ...model, search: message };
    }
    case 'thumbnail':
      return model;
  }
}
