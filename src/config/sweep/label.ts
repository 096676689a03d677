import { scalarText } from '../expected.ts';
import type { KeyValue } from '../schema/fields.ts';

/** The shortest names that tell the swept keys apart: `lr`, or `HEAD.name` beside `OPTIMIZER.name`. */
export function shortNames(paths: readonly string[]): string[] {
  return paths.map((path) => {
    const keys = path.split('.');
    for (let n = 1; n < keys.length; n++) {
      const name = keys.slice(-n).join('.');
      if (paths.every((other) => other === path || !`.${other}`.endsWith(`.${name}`))) return name;
    }
    return path;
  });
}

/** `lr=2e-2 m=0.3` */
export function runLabel(names: readonly string[], values: readonly KeyValue[]): string {
  return values.map((value, i) => `${names[i]}=${valueLabel(value)}`).join(' ');
}

/** A value in few characters; numbers are exact. */
export function valueLabel(value: KeyValue): string {
  if (typeof value === 'number') return numberLabel(value);
  if (typeof value !== 'object' || value === null) return scalarText(value);
  return value.map((item) => (typeof item === 'number' ? numberLabel(item) : item)).join('+') || 'none';
}

/** Python users write small numbers with an exponent: 2e-2. */
function numberLabel(value: number): string {
  const size = Math.abs(value);
  return value !== 0 && (size < 0.1 || size >= 1e6)
    ? value.toExponential().replace('e+', 'e')
    : String(value);
}
