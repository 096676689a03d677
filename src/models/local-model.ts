import { MdfeError } from '../common/errors.ts';
import type { RawArgs } from './args.ts';
import { findModel, type ModelInfo, suggest } from './registry.ts';
import { outputWidth } from './structures.ts';

/**
 * A model in a folder of the user's, from its config.json as timm writes it: `architecture` names a registered
 * model, `model_args` overrides its structure, `pretrained_cfg` says how pixels are prepared.
 * @param json the parsed config.json
 * @param where its path
 */
export function localModel(json: unknown, where: string): ModelInfo {
  if (!isRecord(json)) throw wrong(where, 'the file', 'an object', json);
  const { architecture, model_args: overrides = {}, pretrained_cfg: prepared = {} } = json;
  if (typeof architecture !== 'string') throw wrong(where, 'architecture', 'a model name', architecture);
  const base = findModel(architecture)?.model;
  if (!base) {
    const guess = suggest(architecture);
    throw wrong(where, 'architecture', guess ? `for example ${guess}` : 'a registered model', architecture);
  }
  if (!isRecord(overrides)) throw wrong(where, 'model_args', 'an object', overrides);
  if (!isRecord(prepared)) throw wrong(where, 'pretrained_cfg', 'an object', prepared);
  const args = { ...base.args, ...withoutNesting(overrides) };
  const imageSize = sideOf(prepared.input_size, where) ?? Number(args.img_size ?? args.image_size);
  if (typeof args.patch_size === 'number' && imageSize < args.patch_size)
    throw wrong(
      where,
      'pretrained_cfg.input_size',
      `a side of at least one patch, ${args.patch_size}`,
      imageSize,
    );
  return {
    ...base,
    name: `local:${where}`,
    args: { ...args, [base.library === 'timm' ? 'img_size' : 'image_size']: imageSize },
    width: outputWidth(base.structure, args),
    imageSize,
    mean: triple(prepared.mean, 'mean', where) ?? base.mean,
    std: positive(triple(prepared.std, 'std', where), where) ?? base.std,
    tags: [],
    defaultTag: null,
  };
}

/** OpenCLIP nests the visual tower's arguments. */
function withoutNesting({ vision_cfg: nested, ...top }: Record<string, unknown>): RawArgs {
  return isRecord(nested) ? { ...top, ...nested } : top;
}

function sideOf(value: unknown, where: string): number | undefined {
  if (value === undefined) return undefined;
  if (isNumbers(value) && value.length === 3 && value[0] === 3 && value[1] === value[2]) return value[1]!;
  throw wrong(where, 'pretrained_cfg.input_size', '[3, side, side]', value);
}

function triple(value: unknown, name: string, where: string): readonly number[] | undefined {
  if (value === undefined) return undefined;
  if (isNumbers(value) && value.length === 3) return value;
  throw wrong(where, `pretrained_cfg.${name}`, 'three numbers', value);
}

/** Pixels are divided by it. */
function positive(std: readonly number[] | undefined, where: string): readonly number[] | undefined {
  if (std === undefined || std.every((s) => s > 0)) return std;
  throw wrong(where, 'pretrained_cfg.std', 'three numbers above 0', std);
}

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => typeof n === 'number' && Number.isFinite(n));

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function wrong(where: string, key: string, expected: string, got: unknown): MdfeError {
  return new MdfeError({
    code: 'model/local-config',
    what: `${key} of the model's config.json cannot be used`,
    where,
    expected,
    got: JSON.stringify(got) ?? 'nothing',
    todo: 'write it as timm does: architecture, model_args, pretrained_cfg',
  });
}
