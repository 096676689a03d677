import { describe, expect, test } from 'vitest';
import { knownModels } from '../config/known-models.ts';
import { configFields, configSections } from '../config/schema/fields.ts';
import { knownDatasets } from '../data/datasets/index.ts';
import { completion } from './completion.ts';
import { hover } from './hover.ts';

const context = { models: knownModels, datasets: knownDatasets };

/** `MODEL:\n  HEAD:\n    ` for MODEL.HEAD. */
function opening(keys: readonly string[]): string {
  return keys.map((key, i) => `${'  '.repeat(i)}${key}:\n`).join('') + '  '.repeat(keys.length);
}

describe.each([...configFields.values()])('$path', (field) => {
  const key = field.keys.at(-1)!;
  const section = opening(field.keys.slice(0, -1));
  const condition = field.meta['x-used-when'];
  /** What makes the key count, as lines of another section or of its own. */
  const premise = () => {
    if (!condition) return '';
    const value = condition.is[0];
    const written = value === true ? 'True' : value === false ? 'False' : String(value);
    const keys = condition.key.split('.');
    const same = keys.slice(0, -1).join('.') === field.keys.slice(0, -1).join('.');
    return same ? `${keys.at(-1)}: ${written}\n${'  '.repeat(keys.length - 1)}` : undefined;
  };

  test('is offered in its section with its default', () => {
    const before = premise();
    if (before === undefined) return; // switched by another section: language.test.ts has one of each
    const text = `${section}${before}`;
    const item = completion(text, text.length, context).find((i) => i.label === key);
    expect(item?.detail).toMatch(/^default /);
    expect(item?.documentation).toContain(field.meta.description);
  });

  test('has values to offer and a hover', () => {
    const text = `${section}${key}: `;
    expect(completion(text, text.length, context).length).toBeGreaterThan(0);
    expect(hover(text, section.length + 1, context)?.markdown).toContain(`**${field.path}**`);
  });
});

test.each([...configSections.values()])('$path is offered as a snippet', (section) => {
  const text = opening(section.keys.slice(0, -1));
  const item = completion(text, text.length, context).find((i) => i.label === section.keys.at(-1));
  expect(item).toMatchObject({ kind: 'section', snippet: true });
  expect(item?.insertText).toMatch(/^\w+:\n {2}\w+:/);
});
