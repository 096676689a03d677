import { scalarText } from '../expected.ts';
import type { Scalar } from '../schema/field.ts';
import { configFields, valueAt } from '../schema/fields.ts';
import { at, type Check } from './check.ts';

/** Keys that the file sets away from their default though another value switches them off. */
export const ignoredKeys: Check = (input) => {
  const problems = [];
  for (const field of configFields.values()) {
    const condition = field.meta['x-used-when'];
    if (!condition || !input.has(field.path)) continue;
    const decisive = valueAt(input.effective, condition.key) as Scalar;
    const value = valueAt(input.effective, field.path);
    if (condition.is.includes(decisive) || JSON.stringify(value) === JSON.stringify(field.default)) continue;
    problems.push(
      at(
        input,
        field.path,
        'config/ignored-key',
        `${field.path} has no effect: ${condition.key} is ${scalarText(decisive)}`,
        {
          part: 'key',
          expected: `${condition.key}: ${condition.is.map(scalarText).join(' or ')}`,
          related: [condition.key],
        },
      ),
    );
  }
  return problems;
};
