import { configJsonSchema, type JsonSchema } from '../config/json-schema.ts';

/**
 * The JSON Schema as other extensions get it, for all YAML files in folders `configs`: a mapping without any key of
 * ours is someone else's file, to which the schema says nothing. An empty or half-typed file may become ours.
 */
export function editorSchema(): JsonSchema {
  const { $schema, ...schema } = configJsonSchema();
  const keys = Object.keys(schema.properties as object);
  const ours = { anyOf: [...keys.map((key) => ({ required: [key] })), { maxProperties: 0 }] };
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  return { $schema, if: ours, then: schema };
}
