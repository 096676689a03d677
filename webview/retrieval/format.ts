const whole = new Intl.NumberFormat('en');

/** Thousands separated: `25,660`. */
export function formatCount(n: number): string {
  return whole.format(n);
}

/** A share between 0 and 1 with three digits. */
export function formatScore(score: number | undefined): string {
  return score === undefined ? '–' : score.toFixed(3);
}

/** Four significant digits; none lost for distances near 0. */
export function formatDistance(distance: number): string {
  const size = Math.abs(distance);
  return size !== 0 && (size < 1e-3 || size >= 1e5) ? distance.toExponential(2) : distance.toPrecision(4);
}

export function baseName(path: string): string {
  return path.slice(separator(path) + 1);
}

export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, separator(path)));
}

function separator(path: string): number {
  return Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
}
