import { createHash } from 'node:crypto';
import { cacheFolder } from '../common/cache-dir.ts';
import { counted } from '../common/counted.ts';
import { MdfeError } from '../common/errors.ts';
import type { Config } from '../config/schema/index.ts';
import type { Dataset, SetSummary } from '../data/datasets/index.ts';
import { contentHash } from '../features/identity.ts';
import type { RunOptions } from '../run/record.ts';

/** Something that decides the losses of a run, in words that its user knows. */
export interface Fact {
  readonly what: string;
  readonly value: string;
  /** File or folder that it comes from; it may lie elsewhere when the run goes on. */
  readonly from?: string;
}

export type Fingerprint = readonly Fact[];

const HASHED_AT_ONCE = 1024; // samples: a call of the hash for each would take longer than the hashing
const HASH_DIGITS = 16;

interface Subject {
  readonly config: Config;
  readonly dataset: Dataset;
  /** [classes] as the head sees them. */
  readonly classCounts: Int32Array;
  readonly options: RunOptions;
  /** Of a frozen backbone; trained weights are in the checkpoint. */
  readonly weightFiles: readonly string[];
}

/** All that must not have changed when a run goes on: settings, options, samples, weights. */
export async function fingerprint({
  config,
  dataset,
  classCounts,
  options,
  weightFiles,
}: Subject): Promise<Fingerprint> {
  const facts: Fact[] = [...leaves(settings(config))];
  facts.push(
    { what: '--no-shuffle', value: String(!options.shuffle) },
    { what: '--views', value: String(options.views) },
    { what: '--precision', value: options.precision ?? 'fp32' },
    { what: '--feature-dtype', value: options.featureDtype ?? 'float32' },
  );
  if (config.MODEL.HEAD.name === 'DynM-ArcFace')
    facts.push({ what: 'images per class', value: digest(classCounts) });
  for (const set of dataset.perSet) facts.push(factOfSet(dataset, set));
  for (const from of weightFiles) {
    const hash = await contentHash(from, cacheFolder(options.cacheDir));
    facts.push({ what: 'backbone weights', value: short(hash), from });
  }
  return facts;
}

/** @throws MdfeError `run/changed` that names what differs */
export function requireSame(before: Fingerprint, now: Fingerprint, where: string): void {
  const only = (facts: Fingerprint, others: Fingerprint) => {
    const known = new Set(others.map(nameAndValue));
    return facts.filter((fact) => !known.has(nameAndValue(fact)));
  };
  const [lost, added] = [only(before, now), only(now, before)];
  if (lost.length + added.length === 0) return;
  throw new MdfeError({
    code: 'run/changed',
    what: 'this run cannot go on as it began: its settings, data or weights have changed',
    where,
    expected: listed(lost),
    got: listed(added),
    todo: 'restore what has changed, or start a new run with --init-from and the newest checkpoint',
  });
}

/** As `JSON.stringify` wrote it; undefined for anything else. */
export function parseFingerprint(text: string): Fingerprint | undefined {
  try {
    const facts: unknown = JSON.parse(text);
    return Array.isArray(facts) ? (facts as Fingerprint) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function listed(facts: Fingerprint): string | undefined {
  return facts.length > 0 ? facts.map(describe).join('; ') : undefined;
}

function nameAndValue({ what, value }: Fact): string {
  return `${what}: ${value}`;
}

function describe({ what, value, from }: Fact): string {
  return from === undefined ? `${what}: ${value}` : `${what} in ${from}: ${value}`;
}

/** The part of the configuration that decides the losses. */
function settings({ MODEL, TRANSFORM, TRAIN, LOSS, OPTIMIZER, SCHEDULER, DATALOADER, EVAL, SEED }: Config) {
  const { embedding_dim, BACKBONE, NECK, HEAD } = MODEL;
  const { epochs, iterations, epoch_based } = TRAIN;
  return {
    SEED,
    MODEL: { embedding_dim, BACKBONE, NECK, HEAD },
    TRANSFORM,
    TRAIN: { epochs, iterations, epoch_based },
    LOSS,
    OPTIMIZER,
    SCHEDULER,
    DATALOADER: { batch_size: DATALOADER.batch_size },
    EVAL: { hold_out: EVAL.hold_out },
  };
}

/** Every value of nested settings under its dotted key. */
function leaves(value: object, key = ''): Fact[] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? leaves(inner, `${key}${name}.`)
      : [{ what: `${key}${name}`, value: JSON.stringify(inner) }],
  );
}

/** Which images and labels, in which order. */
function factOfSet(dataset: Dataset, { name, annotation, firstSample, images, classes }: SetSummary): Fact {
  const hash = createHash('sha256');
  const end = firstSample + images;
  for (let from = firstSample; from < end; from += HASHED_AT_ONCE) {
    const length = Math.min(HASHED_AT_ONCE, end - from);
    const lines = Array.from(
      { length },
      (_, i) => `${dataset.image(from + i)}\n${dataset.labels[from + i]}\n`,
    );
    hash.update(lines.join(''));
  }
  return {
    what: `data set ${name}`,
    value: `${counted(images, 'image')} of ${counted(classes, 'class')}, ${short(hash.digest('hex'))}`,
    from: annotation,
  };
}

function digest(numbers: Int32Array): string {
  return short(createHash('sha256').update(numbers).digest('hex'));
}

function short(hash: string): string {
  return `sha256 ${hash.slice(0, HASH_DIGITS)}`;
}
