import * as z from 'zod';
import { axesSchema } from './axis.ts';

/** How Python sees a value; the parser checks it before the schema's bounds. `axes`: the swept keys of an extension. */
export type FieldKind = 'bool' | 'int' | 'float' | 'str' | 'ints' | 'floats' | 'strs' | 'axes';

/** What a key says about itself; ends up in the JSON Schema, the hover and the reference page. */
export interface FieldDoc {
  /** One clear line. */
  readonly description: string;
  /** Further markdown for the hover and the reference page. */
  readonly details?: string;
  /** Unit of the number, e.g. `pixels`. */
  readonly unit?: string;
  /** Paper, or the part of the system that reads the key. */
  readonly source?: string;
  /** The key counts only while another key holds one of these values; otherwise it is ignored. */
  readonly usedWhen?: UsedWhen;
  /** Names that people write by mistake for this key. */
  readonly aliases?: readonly string[];
}

export type Scalar = string | number | boolean | null;

export interface UsedWhen {
  /** Dotted path, e.g. `MODEL.HEAD.name`. */
  readonly key: string;
  readonly is: readonly Scalar[];
}

/** What `.meta()` of a key's schema holds. */
export type FieldMeta = {
  readonly description: string;
  readonly markdownDescription: string;
  readonly enumDescriptions?: readonly string[];
  readonly 'x-kind': FieldKind;
  readonly 'x-nullable'?: true;
  readonly 'x-details'?: string;
  readonly 'x-unit'?: string;
  readonly 'x-source'?: string;
  readonly 'x-used-when'?: UsedWhen;
  readonly 'x-aliases'?: readonly string[];
  readonly 'x-extension'?: true;
};

interface Bounds {
  readonly min?: number;
  readonly max?: number;
  /** Exclusive bounds. */
  readonly above?: number;
  readonly below?: number;
}

export function bool(initial: boolean, doc: FieldDoc) {
  return z.boolean().meta(describe('bool', doc)).default(initial);
}

export function int(initial: number, doc: FieldDoc & Bounds) {
  return bounded(z.int(), doc).meta(describe('int', doc)).default(initial);
}

export function float(initial: number, doc: FieldDoc & Bounds) {
  return bounded(z.number(), doc).meta(describe('float', doc)).default(initial);
}

export function text(initial: string, doc: FieldDoc & { readonly filled?: true }) {
  const string = doc.filled ? z.string().min(1) : z.string();
  return string.meta(describe('str', doc)).default(initial);
}

/** One of a closed set; every value is described. */
export function choice<V extends string>(
  initial: V,
  values: readonly V[],
  described: Record<V, string>,
  doc: FieldDoc,
) {
  return z
    .enum(values)
    .meta(describe('str', doc, descriptionsOf(values, described)))
    .default(initial);
}

/** One of a closed set, or None. */
export function optionalChoice<V extends string>(
  initial: V | null,
  values: readonly V[],
  described: Record<V, string> & { readonly None: string },
  doc: FieldDoc,
) {
  const descriptions = [...descriptionsOf(values, described), described.None];
  return z
    .enum(values)
    .nullable()
    .meta({ ...describe('str', doc, descriptions), 'x-nullable': true })
    .default(initial);
}

export function strs(initial: readonly string[], doc: FieldDoc & { readonly filled?: true }) {
  const list = z.array(z.string().min(1));
  return (doc.filled ? list.min(1) : list).meta(describe('strs', doc)).default([...initial]);
}

export function ints(initial: readonly number[], doc: FieldDoc & Bounds) {
  return z
    .array(bounded(z.int(), doc))
    .meta(describe('ints', doc))
    .default([...initial]);
}

/** Three numbers, one per colour channel (red, green, blue). */
export function rgb(initial: readonly [number, number, number], doc: FieldDoc & Bounds) {
  const channel = () => bounded(z.number(), doc);
  return z
    .tuple([channel(), channel(), channel()])
    .meta(describe('floats', doc))
    .default([...initial]);
}

/** Keys of the configuration with the values that a sweep tries for each. */
export function axes(doc: FieldDoc) {
  return axesSchema.meta(describe('axes', doc)).default({});
}

export interface SectionDoc {
  readonly description: string;
  readonly details?: string;
  /** A section that the published system does not have. */
  readonly extension?: true;
}

/** A section: unknown keys are errors, a missing section means all its defaults. */
export function section<S extends z.core.$ZodLooseShape>(shape: S, doc: SectionDoc) {
  return z.strictObject(shape).meta({
    description: doc.description,
    markdownDescription: paragraphs(doc.description, doc.details),
    ...(doc.details === undefined ? {} : { 'x-details': doc.details }),
    ...(doc.extension ? { 'x-extension': true } : {}),
  });
}

function bounded<T extends z.ZodNumber>(number: T, b: Bounds): T {
  let n: T = number;
  if (b.min !== undefined) n = n.min(b.min);
  if (b.max !== undefined) n = n.max(b.max);
  if (b.above !== undefined) n = n.gt(b.above);
  if (b.below !== undefined) n = n.lt(b.below);
  return n;
}

function descriptionsOf<V extends string>(values: readonly V[], described: Record<V, string>): string[] {
  return values.map((value) => described[value]);
}

function describe(kind: FieldKind, doc: FieldDoc, enumDescriptions?: readonly string[]): FieldMeta {
  return {
    description: doc.description,
    markdownDescription: paragraphs(
      doc.description,
      doc.details,
      doc.unit && `Unit: ${doc.unit}`,
      doc.usedWhen && `Used when ${conditionText(doc.usedWhen)}.`,
      doc.source && `Source: ${doc.source}`,
    ),
    'x-kind': kind,
    ...(enumDescriptions && { enumDescriptions }),
    ...(doc.details !== undefined && { 'x-details': doc.details }),
    ...(doc.unit !== undefined && { 'x-unit': doc.unit }),
    ...(doc.source !== undefined && { 'x-source': doc.source }),
    ...(doc.usedWhen && { 'x-used-when': doc.usedWhen }),
    ...(doc.aliases && { 'x-aliases': doc.aliases }),
  };
}

/** `MODEL.HEAD.name is ArcFace or AdaFace`, values as Python writes them. */
export function conditionText(condition: UsedWhen): string {
  const values = condition.is.map((v) =>
    v === null ? 'None' : v === true ? 'True' : v === false ? 'False' : v,
  );
  return `\`${condition.key}\` is ${values.map((v) => `\`${v}\``).join(' or ')}`;
}

function paragraphs(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part).join('\n\n');
}
