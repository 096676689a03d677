import { describe, expect, test } from 'vitest';
import { configJsonSchema } from '../json-schema.ts';
import { int, section } from './field.ts';
import { configFields, configSections, nodeAt, valueAt } from './fields.ts';
import { defaultConfig } from './index.ts';

describe.each([...configFields.values()])('$path', (field) => {
  test('has a one-line description, a source and a valid default', () => {
    expect(field.meta.description).toMatch(/^\S.{10,119}\.$/);
    expect(field.meta['x-source']).toBeTruthy();
    expect(valueAt(defaultConfig, field.path)).toEqual(field.default);
    expect(field.schema.safeParse(field.default).success).toBe(true);
  });

  test('describes each of its values', () => {
    const { enumDescriptions } = field.meta;
    if (field.meta['x-kind'] === 'str' && field.allowed)
      expect(enumDescriptions).toHaveLength(field.allowed.length);
  });

  test('is used under a condition that can hold', () => {
    const condition = field.meta['x-used-when'];
    if (!condition) return;
    const decisive = configFields.get(condition.key);
    for (const value of condition.is) expect(decisive?.allowed).toContain(value);
  });

  test('is in the JSON Schema with default and description', () => {
    let schema = configJsonSchema() as { properties: Record<string, unknown> };
    for (const key of field.keys) schema = schema.properties[key] as typeof schema;
    expect(schema).toMatchObject({
      default: field.default,
      markdownDescription: field.meta.markdownDescription,
    });
  });
});

test('all sections are described', () => {
  for (const section of configSections.values()) expect(section.description).toMatch(/\.$/);
  expect(configSections.size).toBe(14);
  expect(nodeAt(['MODEL', 'HEAD', 'k'])).toBe(configFields.get('MODEL.HEAD.k'));
  expect(nodeAt(['MODEL', 'x', 'k'])).toBeUndefined();
});

test('the JSON Schema refuses unknown keys and holds no safe-integer bounds', () => {
  const text = JSON.stringify(configJsonSchema());
  expect(text).not.toContain(String(Number.MAX_SAFE_INTEGER));
  expect(configJsonSchema()).toMatchObject({
    additionalProperties: false,
    properties: {
      MODEL: { additionalProperties: false, properties: { HEAD: { additionalProperties: false } } },
    },
  });
  expect(configJsonSchema()).not.toHaveProperty('required');
});

test('the defaults cannot be changed', () => {
  expect(Object.isFrozen(defaultConfig.MODEL.HEAD)).toBe(true);
});

test('a section of our own is marked as an extension', () => {
  const extension = section(
    { k: int(5, { description: 'Neighbours.', source: 'x' }) },
    {
      description: 'Evaluation.',
      extension: true,
    },
  );
  expect(extension.meta()).toMatchObject({ 'x-extension': true, description: 'Evaluation.' });
  expect(extension.prefault({}).parse(undefined)).toEqual({ k: 5 });
});
