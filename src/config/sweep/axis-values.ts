import type { Rng } from '../../common/rng.ts';
import type { SweepRange } from '../schema/axis.ts';
import { type Field, isRange, type KeyValue, type SweepAxis } from '../schema/fields.ts';

/** More whole numbers than these are drawn, not listed. */
const MAX_LISTED = 10_000;

/** Digits that an interior value keeps, so that a label can name it exactly. */
const DIGITS = 3;

/** The values of an axis in order, none twice; undefined where it takes any number between its ends. */
export function axisValues(field: Field, axis: SweepAxis): readonly KeyValue[] | undefined {
  if (!isRange(axis)) return distinct(axis);
  const { min, max, steps } = axis;
  if (steps !== undefined)
    return distinct(Array.from({ length: steps }, (_, i) => pointAt(field, axis, i / (steps - 1), steps)));
  if (min === max) return [min];
  const count = max - min + 1;
  if (!isWhole(field) || axis.scale === 'log' || count > MAX_LISTED) return undefined;
  return Array.from({ length: count }, (_, i) => min + i);
}

/** Any number of a range without steps, uniform in its scale. */
export function drawFrom(field: Field, range: SweepRange, rng: Rng): number {
  return pointAt(field, range, rng.uniform(), 2);
}

/** @param share 0 at `min`, 1 at `max`; @param steps how finely the range is divided */
function pointAt(field: Field, { min, max, scale }: SweepRange, share: number, steps: number): number {
  if (share === 0) return min;
  if (share === 1) return max;
  const value = scale === 'log' ? min * (max / min) ** share : min + (max - min) * share;
  // The smallest distance that must stay visible after rounding.
  const resolution = scale === 'log' ? value * ((max / min) ** (1 / steps) - 1) : (max - min) / steps;
  const unit = Math.min(resolution, Math.abs(value) || resolution);
  const decimals = isWhole(field) ? 0 : DIGITS - 1 - Math.floor(Math.log10(unit));
  return Math.min(max, Math.max(min, roundTo(value, decimals)));
}

/** Decimals may be negative: -2 rounds to hundreds. */
function roundTo(value: number, decimals: number): number {
  if (decimals < 0) return Math.round(value / 10 ** -decimals) * 10 ** -decimals;
  return Number(value.toFixed(Math.min(100, decimals)));
}

function isWhole(field: Field): boolean {
  return field.meta['x-kind'] === 'int';
}

export function distinct(values: readonly KeyValue[]): readonly KeyValue[] {
  const seen = new Set<string>();
  return values.filter((value) => {
    const text = JSON.stringify(value);
    return !seen.has(text) && seen.add(text);
  });
}
