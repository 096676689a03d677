import * as z from 'zod';
import { internalError } from '../../common/errors.ts';
import type { SweepRange } from './axis.ts';
import type { FieldMeta, Scalar } from './field.ts';
import { configSchema } from './index.ts';

/** A key of the configuration with everything that the schema says about it. */
export interface Field {
  /** e.g. `MODEL.HEAD.k` */
  readonly path: string;
  readonly keys: readonly string[];
  readonly meta: FieldMeta;
  readonly default: FieldValue;
  /** Without its default: checks bounds and allowed values of a value of the right kind. */
  readonly schema: z.ZodType;
  /** Closed set of values, None last where it is allowed. */
  readonly allowed?: readonly Scalar[];
  /** Bounds in words, e.g. `at least 1`. */
  readonly bounds?: string;
  /** The same of a single number. */
  readonly limits?: Limits;
  /** In a section that the published system does not have. */
  readonly extension: boolean;
}

/** A value of an ordinary key. */
export type KeyValue = Scalar | readonly (string | number)[];

/** What a sweep tries for one key. */
export type SweepAxis = readonly KeyValue[] | SweepRange;

/** By path of the key. */
export type SweepAxes = Readonly<Record<string, SweepAxis>>;

export type FieldValue = KeyValue | SweepAxes;

export function isAxes(value: FieldValue): value is SweepAxes {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isRange(axis: SweepAxis): axis is SweepRange {
  return !Array.isArray(axis);
}

/** Inclusive and exclusive bounds of a number. */
export interface Limits {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** A section, or the whole configuration (path ''). */
export interface Section {
  readonly path: string;
  readonly keys: readonly string[];
  readonly description: string;
  readonly details?: string;
  readonly extension: boolean;
  readonly children: ReadonlyMap<string, Field | Section>;
}

export function isSection(node: Field | Section): node is Section {
  return 'children' in node;
}

/** The schema as a tree, in the order in which it is declared. */
export const configTree: Section = readSection(configSchema, [], false);

/** Every key, by dotted path, in order. */
export const configFields: ReadonlyMap<string, Field> = new Map(
  [...walk(configTree)].flatMap((node) => (isSection(node) ? [] : [[node.path, node]])),
);

/** Every section below the root, by dotted path, in order. */
export const configSections: ReadonlyMap<string, Section> = new Map(
  [...walk(configTree)].flatMap((node) => (isSection(node) && node.path ? [[node.path, node]] : [])),
);

/** The field or section at a path; undefined if there is none. */
export function nodeAt(path: readonly string[]): Field | Section | undefined {
  let node: Field | Section | undefined = configTree;
  for (const key of path) node = node && isSection(node) ? node.children.get(key) : undefined;
  return node;
}

/** The value of a key in a configuration. */
export function valueAt(config: object, path: string): unknown {
  let value: unknown = config;
  for (const key of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
  return value;
}

export function* walk(section: Section): Generator<Field | Section> {
  yield section;
  for (const child of section.children.values()) {
    if (isSection(child)) yield* walk(child);
    else yield child;
  }
}

function readSection(schema: z.ZodObject, keys: readonly string[], extension: boolean): Section {
  const meta = schema.meta() ?? {};
  const isExtension = extension || meta['x-extension'] === true;
  const children = new Map<string, Field | Section>();
  for (const [key, child] of Object.entries(schema.shape))
    children.set(key, readNode(child as z.ZodType, [...keys, key], isExtension));
  return {
    path: keys.join('.'),
    keys,
    description: String(meta.description ?? ''),
    ...(typeof meta['x-details'] === 'string' && { details: meta['x-details'] }),
    extension: isExtension,
    children,
  };
}

function readNode(schema: z.ZodType, keys: readonly string[], extension: boolean): Field | Section {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) return readSection(inner, keys, extension);
  const path = keys.join('.');
  const meta = inner.meta() as FieldMeta | undefined;
  if (meta?.['x-kind'] === undefined) throw internalError(`${path} has no meta data in the schema`);
  const allowed = allowedValues(inner);
  const bounds = boundsText(inner);
  const limits = inner instanceof z.ZodNumber ? limitsOf(inner) : undefined;
  return {
    path,
    keys,
    meta,
    default: schema.parse(undefined) as FieldValue,
    schema: inner,
    ...(allowed && { allowed }),
    ...(bounds && { bounds }),
    ...(limits && { limits }),
    extension: extension || meta['x-extension'] === true,
  };
}

/** Takes off the wrapper that holds a default. */
function unwrap(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
    ? (schema.unwrap() as z.ZodType)
    : schema;
}

function allowedValues(schema: z.ZodType): readonly Scalar[] | undefined {
  if (schema instanceof z.ZodEnum) return schema.options as readonly string[];
  if (schema instanceof z.ZodNullable) {
    const values = allowedValues(schema.unwrap() as z.ZodType);
    return values && [...values, null];
  }
  if (schema instanceof z.ZodBoolean) return [true, false];
  return undefined;
}

function boundsText(schema: z.ZodType): string | undefined {
  if (schema instanceof z.ZodArray) {
    const each = boundsText(schema.element as z.ZodType);
    return each && `each ${each}`;
  }
  if (schema instanceof z.ZodTuple) {
    const each = boundsText(schema.def.items[0] as z.ZodType);
    return each && `each ${each}`;
  }
  if (!(schema instanceof z.ZodNumber)) return undefined;
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = limitsOf(schema);
  const parts: string[] = [];
  if (minimum !== undefined) parts.push(`at least ${show(minimum)}`);
  if (exclusiveMinimum !== undefined) parts.push(`above ${show(exclusiveMinimum)}`);
  if (maximum !== undefined) parts.push(`at most ${show(maximum)}`);
  if (exclusiveMaximum !== undefined) parts.push(`below ${show(exclusiveMaximum)}`);
  return parts.length ? parts.join(', ') : undefined;
}

/** Those that the schema sets; whole numbers are always bounded by what is exact. */
function limitsOf(schema: z.ZodNumber): Limits {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = z.toJSONSchema(schema) as {
    [K in keyof Limits]?: number;
  };
  return {
    ...(minimum !== undefined && minimum !== Number.MIN_SAFE_INTEGER && { minimum }),
    ...(maximum !== undefined && maximum !== Number.MAX_SAFE_INTEGER && { maximum }),
    ...(exclusiveMinimum !== undefined && { exclusiveMinimum }),
    ...(exclusiveMaximum !== undefined && { exclusiveMaximum }),
  };
}

function show(bound: number): string {
  return bound === Math.PI ? 'pi' : String(bound);
}
