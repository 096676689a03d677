import { MdfeError } from '../../common/errors.ts';
import type { Corners } from './crop-box.ts';

/** @throws MdfeError that says which value of an annotation file is not as published */
export function badValue(where: string, expected: string, got: unknown): MdfeError {
  return new MdfeError({
    code: 'data/annotation-shape',
    what: 'the annotation has another structure than this data set publishes',
    where,
    expected,
    got: JSON.stringify(got)?.slice(0, 80) ?? 'nothing',
    todo: 'download the annotation file again',
  });
}

export function record(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badValue(where, 'an object', value);
  return value as Record<string, unknown>;
}

/** A number or text that names something, as text. */
export function identifier(value: unknown, name: string, where: string): string {
  if ((typeof value === 'number' && Number.isFinite(value)) || (typeof value === 'string' && value !== ''))
    return String(value);
  throw badValue(where, name, value);
}

/** Four finite numbers. */
export function fourNumbers(value: unknown, name: string, where: string): Corners {
  if (Array.isArray(value) && value.length === 4 && value.every((n) => Number.isFinite(n)))
    return value as unknown as Corners;
  throw badValue(where, `${name}: four numbers`, value);
}
