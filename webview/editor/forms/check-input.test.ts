import { describe, expect, test } from 'vitest';
import { coerce } from '../../../src/config/coerce.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { literalEval } from '../../../src/config/python/literal.ts';
import { pyStr } from '../../../src/config/python/value.ts';
import { resolvePlain } from '../../../src/config/python/yaml-scalar.ts';
import { configFields } from '../../../src/config/schema/fields.ts';
import { experimentPreview } from '../../../src/language/preview.ts';
import { checkInput } from './check-input.ts';

const fields = experimentPreview('', parseConfig('', '')).form.flatMap((group) => group.fields);
const numbers = fields.filter((field) => field.control === 'number');

const TYPED = [
  '0',
  '1',
  '-1',
  '0.5',
  '1e-3',
  '2e-2',
  '.5',
  '1_000',
  '3.0',
  '3.2',
  '1e9',
  'inf',
  '',
  'a',
  '1 2',
  'True',
  '"1"',
  '0x10',
  '1:30',
];

test('there are numbers', () => expect(numbers.length).toBeGreaterThan(8));

describe.each(numbers.map((field) => [field.path, field] as const))('%s', (path, field) => {
  test.each(TYPED)('takes %j exactly where the parser does', (typed) => {
    const plain = typed === '' ? undefined : /^"/.test(typed) ? pyStr(typed) : resolvePlain(typed);
    const read = plain?.kind === 'str' ? (literalEval(plain.value) ?? plain) : plain;
    const finite = read?.kind !== 'float' || Number.isFinite(read.value);
    const parsed = read !== undefined && finite && 'value' in coerce(configFields.get(path)!, read);
    const checked = checkInput(field, typed);
    // A quoted text is no number to write in a form.
    expect('yaml' in checked).toBe(parsed && !typed.startsWith('"'));
    if ('message' in checked) expect(checked.message).toContain(`${path} takes `);
  });
});

test('text becomes YAML that reads back', () => {
  const field = { path: 'MODEL.name', expected: 'text' };
  expect(checkInput(field, ' my-run ')).toEqual({ yaml: 'my-run' });
  expect(checkInput(field, 'a: b')).toEqual({ yaml: '"a: b"' });
  expect(checkInput(field, '12')).toEqual({ yaml: `"'12'"` });
  expect(checkInput(field, '  ')).toHaveProperty('message');
});
