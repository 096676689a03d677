import { configFields, valueAt } from '../schema/fields.ts';
import { at, type Check } from './check.ts';

/** Keys whose place the backbone's published preprocessing takes. */
const REPLACED = ['TRANSFORM.mean', 'TRANSFORM.std'];

/** Values given for keys that the backbone decides. */
export const replacedKeys: Check = (input) =>
  REPLACED.filter((path) => {
    const given = JSON.stringify(valueAt(input.effective, path));
    return input.has(path) && given !== JSON.stringify(configFields.get(path)?.default);
  }).map((path) =>
    at(
      input,
      path,
      'config/recomputed-key',
      `${path} has no effect: the mean and deviation that the backbone was published with count`,
      { part: 'key' },
    ),
  );
