import { expect, test } from 'vitest';
import { configFields } from '../config/schema/fields.ts';
import { editorSchema } from './editor-schema.ts';

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly markdownDescription?: string;
}

test('the schema for other extensions has every key, and concerns files with a key of ours alone', () => {
  const schema = editorSchema() as { if: { anyOf: unknown[] }; then: Node };
  for (const field of configFields.values()) {
    let node: Node | undefined = schema.then;
    for (const key of field.keys) node = node?.properties?.[key];
    expect(node?.markdownDescription).toBe(field.meta.markdownDescription);
  }
  expect(schema.if.anyOf).toContainEqual({ required: ['MODEL'] });
  expect(schema.if.anyOf).toContainEqual({ maxProperties: 0 });
  expect(schema).not.toHaveProperty('title');
});
