import { MdfeError } from '../../common/errors.ts';

/** An image that cannot be used. */
export interface BadImage {
  /** Index of the sample. */
  readonly index: number;
  /** Relative to the data root, or absolute. */
  readonly image: string;
  readonly code: 'image/missing' | 'image/damaged';
  /** In words. */
  readonly reason: string;
}

/** The bad image that an error of the decoder is about; any other error is thrown on. */
export function toBadImage(error: unknown, index: number, image: string): BadImage {
  if (error instanceof MdfeError && (error.code === 'image/missing' || error.code === 'image/damaged'))
    return { index, image, code: error.code, reason: error.details.what };
  throw error;
}

const LISTED = 50;

/** The error that stops a run before training. */
export function badImagesError(bad: readonly BadImage[], root: string): MdfeError {
  const sorted = [...bad].sort((a, b) => a.index - b.index);
  const lines = sorted.slice(0, LISTED).map(({ image, reason }) => `  ${image}: ${reason}`);
  if (sorted.length > LISTED) lines.push(`  and ${sorted.length - LISTED} more`);
  return new MdfeError({
    code: 'data/bad-images',
    what: `${bad.length} ${bad.length === 1 ? 'image is' : 'images are'} missing or damaged:\n${lines.join('\n')}`,
    where: root,
    todo: 'replace these files, or leave them out with --skip-bad-images (mdfe dataset --check lists all of them)',
  });
}
