import { formatDuration } from '../../src/common/duration.ts';

const whole = new Intl.NumberFormat('en');

export const dash = '–';

/** Thousands separated: `25,660`. */
export function formatCount(n: number): string {
  return Number.isFinite(n) ? whole.format(Math.round(n)) : dash;
}

/** Four significant digits; powers of ten where the number is very small or large. */
export function formatValue(value: number | undefined | null): string {
  if (value === undefined || value === null || !Number.isFinite(value)) return dash;
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(2);
  return value.toPrecision(4);
}

/** As few digits as the number needs, for axes and rates. */
export function formatShort(value: number | undefined | null): string {
  const text = formatValue(value);
  return text === dash || text.includes('e') ? text.replace(/\.?0+e/, 'e') : String(Number(text));
}

export function formatSpeed(imagesPerSecond: number): string {
  if (!Number.isFinite(imagesPerSecond) || imagesPerSecond <= 0) return dash;
  return imagesPerSecond < 100 ? imagesPerSecond.toPrecision(3) : formatCount(imagesPerSecond);
}

export function formatTime(seconds: number): string {
  if (seconds > 0 && seconds < 1) return `${Math.round(1000 * seconds)} ms`;
  return formatDuration(seconds) || dash;
}
