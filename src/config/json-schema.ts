import * as z from 'zod';
import { SWEEP_SCALES } from './names.ts';
import type { Field } from './schema/fields.ts';
import { configSchema } from './schema/index.ts';
import { RANGE_KEYS } from './sweep/range-keys.ts';
import { sweepableFields } from './sweep/sweepable.ts';

export type JsonSchema = { [key: string]: unknown };

/** Text that Python evaluates to a list: `"(0.5, 0.5, 0.5)"`. */
const LIST_TEXT = { type: 'string', pattern: '^\\s*[(\\[].*[)\\]]\\s*$' };

/**
 * JSON Schema (draft 7) of a configuration file, for editors: markdown descriptions, descriptions of the allowed
 * values, defaults. It is as lenient as the parser: None may be written as text, lists as text. Fresh on every call,
 * because language services write into it.
 */
export function configJsonSchema(): JsonSchema {
  return z.toJSONSchema(configSchema, {
    target: 'draft-7',
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => adapt(zodSchema, jsonSchema as JsonSchema),
  }) as JsonSchema;
}

function adapt(zodSchema: z.core.$ZodTypes, json: JsonSchema): void {
  const type = zodSchema._zod.def.type;
  if (json['x-kind'] === 'axes') describeAxes(json);
  // A section without keys is not worth completing with `{}`.
  if (type === 'prefault') delete json.default;
  if (type === 'nullable' && Array.isArray(json.anyOf)) {
    const values = (json.anyOf as JsonSchema[]).find((branch) => Array.isArray(branch.enum));
    if (values) {
      delete json.anyOf;
      json.enum = [...(values.enum as unknown[]), 'None', null];
      if (Array.isArray(json.enumDescriptions))
        json.enumDescriptions = [...json.enumDescriptions, 'the same as None'];
    }
  }
  if (type === 'number') {
    if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
    if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
  }
  if (type === 'array' || type === 'tuple') {
    const { items, additionalItems, minItems, maxItems } = json;
    const list = { type: 'array', items, additionalItems, minItems, maxItems };
    for (const key of Object.keys(list)) delete json[key];
    if (type === 'tuple') {
      const count = (items as unknown[]).length;
      Object.assign(list, { minItems: count, maxItems: count, additionalItems: false });
    }
    const defined = Object.fromEntries(Object.entries(list).filter(([, value]) => value !== undefined));
    json.anyOf = [defined, LIST_TEXT];
  }
}

/** The swept keys by path, each with what it takes. */
function describeAxes(json: JsonSchema): void {
  delete json.propertyNames;
  json.additionalProperties = false;
  json.properties = Object.fromEntries(
    [...sweepableFields].map(([path, field]) => [path, axisSchema(field)]),
  );
}

function axisSchema(field: Field): JsonSchema {
  const one = z.toJSONSchema(field.schema, {
    target: 'draft-7',
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => adapt(zodSchema, jsonSchema as JsonSchema),
  }) as JsonSchema;
  delete one.$schema;
  const { description, markdownDescription } = field.meta;
  const list = { type: 'array', items: one, minItems: 1 };
  const isNumber = field.meta['x-kind'] === 'int' || field.meta['x-kind'] === 'float';
  const branches = isNumber ? [list, rangeSchema(one)] : [list];
  return { description, markdownDescription, anyOf: [...branches, LIST_TEXT] };
}

function rangeSchema(number: JsonSchema): JsonSchema {
  const end = (markdownDescription: string) => ({
    ...number,
    description: markdownDescription,
    markdownDescription,
  });
  return {
    type: 'object',
    additionalProperties: false,
    required: ['min', 'max'],
    properties: {
      min: end(RANGE_KEYS.min),
      max: end(RANGE_KEYS.max),
      scale: { enum: SWEEP_SCALES, default: 'linear', markdownDescription: RANGE_KEYS.scale },
      steps: { type: 'integer', minimum: 2, markdownDescription: RANGE_KEYS.steps },
    },
  };
}
