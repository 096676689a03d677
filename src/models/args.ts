import { MdfeError } from '../common/errors.ts';
import { nearest } from '../common/suggest.ts';

/** Structure arguments as the publishing library names them. */
export type RawArgs = Readonly<Record<string, unknown>>;

/** Arguments of training alone, or of no consequence once the input size is fixed. */
const WITHOUT_EFFECT = new Set([
  'in_chans',
  'num_classes',
  'drop_rate',
  'pos_drop_rate',
  'patch_drop_rate',
  'proj_drop_rate',
  'attn_drop_rate',
  'drop_path_rate',
  'patch_dropout',
  'weight_init',
  'head_init_scale',
  'dynamic_img_size',
  'dynamic_img_pad',
  'fixed_input_size',
  'timm_model_pretrained',
  'timm_drop',
  'timm_drop_path',
]);

/** Reads structure arguments with their defaults; every argument that nobody reads is an error. */
export class Args {
  private readonly raw: RawArgs;
  private readonly read = new Set<string>();

  constructor(raw: RawArgs) {
    this.raw = raw;
  }

  count(name: string, fallback?: number): number {
    const value = this.get(name) ?? fallback;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
    throw this.wrong(name, 'a whole number', value);
  }

  number(name: string, fallback: number): number {
    const value = this.get(name) ?? fallback;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw this.wrong(name, 'a number', value);
  }

  optionalNumber(name: string): number | undefined {
    return this.get(name) === undefined ? undefined : this.number(name, 0);
  }

  /** A square side: one number, or two equal ones. */
  side(name: string, fallback?: number): number {
    const value = this.get(name);
    if (Array.isArray(value) && value.length === 2 && value[0] === value[1] && Number.isInteger(value[0]))
      return value[0];
    return this.count(name, fallback);
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.get(name) ?? fallback;
    if (typeof value === 'boolean') return value;
    throw this.wrong(name, 'true or false', value);
  }

  oneOf<T extends string>(name: string, allowed: readonly T[], fallback: T): T {
    const value = this.get(name) ?? fallback;
    const found = allowed.find((a) => a === value);
    if (found !== undefined) return found;
    throw this.wrong(name, allowed.map((a) => a || '""').join(', '), value);
  }

  counts(name: string, fallback: readonly number[]): readonly number[] {
    const value = this.get(name) ?? fallback;
    if (Array.isArray(value) && value.every((n) => Number.isInteger(n) && n >= 0)) return value;
    throw this.wrong(name, 'a list of whole numbers', value);
  }

  /** Refuses an argument that does not go with the others. */
  require(name: string, holds: boolean, expected: string): void {
    if (!holds) throw this.wrong(name, expected, this.raw[name]);
  }

  /** Call after the last read. */
  finish(): void {
    for (const name of Object.keys(this.raw)) {
      if (this.read.has(name) || WITHOUT_EFFECT.has(name)) continue;
      const guess = nearest(name, this.read);
      throw new MdfeError({
        code: 'model/unknown-argument',
        what: `this architecture has no argument ${name}`,
        expected: [...this.read].join(', '),
        got: name,
        todo: guess ? `write ${guess}, or leave it out` : 'leave it out',
      });
    }
  }

  private get(name: string): unknown {
    this.read.add(name);
    return this.raw[name] ?? undefined;
  }

  private wrong(name: string, expected: string, got: unknown): MdfeError {
    return new MdfeError({
      code: 'model/wrong-argument',
      what: `the model argument ${name} cannot be used`,
      expected,
      got: JSON.stringify(got) ?? 'nothing',
      todo: "correct the model's config.json",
    });
  }
}
