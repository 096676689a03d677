import { splitTag } from '../../config/checks/model.ts';
import { defaultText, expectedText, scalarText } from '../../config/expected.ts';
import type { ParsedConfig } from '../../config/parse.ts';
import type { ProblemCode } from '../../config/problem-codes.ts';
import { yamlText } from '../../config/python/yaml-text.ts';
import { yamlValue } from '../../config/resolved-yaml.ts';
import { conditionText } from '../../config/schema/field.ts';
import {
  configFields,
  configSections,
  configTree,
  type Field,
  type FieldValue,
  valueAt,
} from '../../config/schema/fields.ts';
import { isOpenClipType } from '../../models/types.ts';
import { isUsed } from '../completion.ts';
import type { LanguageContext } from '../context.ts';
import { datasetItems } from '../dataset-items.ts';
import type { KeyChange } from '../set-keys.ts';
import { currentModel } from '../value-items.ts';
import { modelOptions, tagOptions, typeOptions } from './model-options.ts';
import type { FormField, FormGroup, FormOption } from './types.ts';

const TYPE = 'MODEL.BACKBONE.type';
const MODEL = 'MODEL.BACKBONE.model_name';
const WEIGHTS = 'MODEL.BACKBONE.weights';
const DATASETS = 'DATASET.names';

/** The common choices, in the order shown; those without effect are left out. */
const KEYS: readonly string[] = [
  TYPE,
  MODEL,
  WEIGHTS,
  'MODEL.BACKBONE.freeze_backbone',
  'MODEL.embedding_dim',
  'MODEL.NECK.neck_type',
  'MODEL.NECK.dropout',
  ...[...configSections.get('MODEL.HEAD')!.children.values()].map(({ path }) => path),
  DATASETS,
  'DATALOADER.batch_size',
  'TRANSFORM.name',
  'TRANSFORM.size',
  'TRAIN.epochs',
  'TRAIN.iterations',
  'OPTIMIZER.name',
  'OPTIMIZER.lr',
  'OPTIMIZER.weight_decay',
  'OPTIMIZER.momentum',
  'SCHEDULER.name',
  'SCHEDULER.min_lr',
  'SCHEDULER.warmup',
  'SCHEDULER.warmup_steps',
];

/** The common keys with their values, choices and problems, by section. */
export function formGroups(text: string, parsed: ParsedConfig, context: LanguageContext): FormGroup[] {
  const groups = new Map<string, FormField[]>();
  for (const path of KEYS) {
    const field = configFields.get(path)!;
    // The tag of a timm model is part of its name, but a choice of its own.
    const isShown =
      path === WEIGHTS ? parsed.has(path) || hasTags(parsed, context) : isUsed(field, parsed.effective);
    if (!isShown) continue;
    const section = field.keys.slice(0, -1).join('.');
    groups.set(section, [...(groups.get(section) ?? []), formField(field, text, parsed, context)]);
  }
  return [...groups].map(([section, fields]) => ({
    title: section,
    description: (configSections.get(section) ?? configTree).description,
    fields,
  }));
}

function hasTags({ effective }: ParsedConfig, context: LanguageContext): boolean {
  return (currentModel(effective, context)?.tags.length ?? 0) > 0;
}

function formField(field: Field, text: string, parsed: ParsedConfig, context: LanguageContext): FormField {
  const { path, meta } = field;
  const given = parsed.has(path);
  const problems = parsed.problems.filter((p) => p.path === path || p.path?.startsWith(`${path}.`));
  const isUnread = given && problems.some(({ code }) => UNREAD.has(code));
  const { start, end } = parsed.rangeOf(path);
  const value = isUnread
    ? text.slice(start.offset, end.offset)
    : shownValue(field, valueAt(parsed.effective, path) as FieldValue);
  const options = optionsOf(field, parsed);
  const common: FormField = {
    path,
    label: field.keys.at(-1)!,
    description: meta.description,
    details: details(field),
    control: controlOf(field),
    value,
    given,
    default: defaultText(field),
    ...(meta['x-unit'] !== undefined && { unit: meta['x-unit'] }),
    expected: expectedText(field),
    ...(field.limits && { number: { whole: meta['x-kind'] === 'int', ...field.limits } }),
    options: isUnread ? options.map((option) => ({ ...option, selected: false })) : options,
    reset: given ? [{ path, value: null }] : [],
    problems: problems.map(({ severity, message }) => ({ severity, message })),
  };
  const special = SPECIAL[path]?.(parsed, context);
  return withCurrent({ ...common, ...special });
}

/** With one of these a value could not be read. */
const UNREAD: ReadonlySet<ProblemCode> = new Set([
  'config/type',
  'config/value',
  'config/range',
  'config/length',
]);

/** Keys whose choices come from the registries. */
const SPECIAL: Readonly<
  Record<string, (parsed: ParsedConfig, context: LanguageContext) => Partial<FormField> | undefined>
> = {
  [TYPE]: (parsed, context) => context.models && { options: typeOptions(parsed, context.models) },
  [MODEL]: (parsed, { models }) => {
    if (!models) return undefined;
    const { type, model_name } = parsed.effective.MODEL.BACKBONE;
    const adapted = ['MODEL.BACKBONE.output_dim', 'TRANSFORM.size'].filter((path) => parsed.has(path));
    return {
      control: 'choice',
      value: splitTag(model_name, isOpenClipType(type)).name,
      options: modelOptions(parsed, models),
      ...(adapted.length > 0 && {
        note: `Another model also sets ${adapted.join(' and ')} where they must change.`,
      }),
    };
  },
  [WEIGHTS]: (parsed, { models }) => models && { control: 'choice', ...tagOptions(parsed, models) },
  [DATASETS]: (parsed, context) => ({ control: 'list', options: datasetOptions(parsed, context) }),
};

/** A value that is none of the choices stays one, as the file has it. */
function withCurrent(field: FormField): FormField {
  if (field.control !== 'choice' || field.options.some((option) => option.selected)) return field;
  const current = { label: field.value, detail: 'as in the file', selected: true, changes: [] };
  return { ...field, options: [current, ...field.options] };
}

function controlOf({ meta, allowed }: Field): FormField['control'] {
  const kind = meta['x-kind'];
  if (kind === 'bool') return 'switch';
  if (allowed) return 'choice';
  return kind === 'int' || kind === 'float' ? 'number' : 'text';
}

/** Values of a closed set. */
function optionsOf(field: Field, parsed: ParsedConfig): FormOption[] {
  const now = valueAt(parsed.effective, field.path);
  return (field.allowed ?? []).map((value, i) => ({
    label: scalarText(value),
    detail: field.meta.enumDescriptions?.[i] ?? '',
    selected: value === now,
    changes: [{ path: field.path, value: value === null ? 'None' : yamlValue(field, value) }],
  }));
}

/** Known sets and those that are named; at least one of them stays. */
function datasetOptions(parsed: ParsedConfig, context: LanguageContext): FormOption[] {
  const { names } = parsed.effective.DATASET;
  const canonical = (name: string) => context.datasets?.canonical(name) ?? name;
  const items = datasetItems(context);
  const own = names.filter((name) => !items.some(({ label }) => label === canonical(name)));
  const all = [...own.map((label) => ({ label, detail: 'own data' })), ...items];
  return all.map(({ label, detail }) => {
    const at = names.findIndex((name) => canonical(name) === canonical(label));
    return { label, detail, selected: at >= 0, changes: turnedOver(parsed, label, at) };
  });
}

/** A list that stands item by item keeps the others with their comments. */
function turnedOver(parsed: ParsedConfig, label: string, at: number): readonly KeyChange[] {
  const field = configFields.get(DATASETS)!;
  const { names } = parsed.effective.DATASET;
  const next = at < 0 ? [...names, label] : names.filter((_, i) => i !== at);
  if (next.length === 0) return [];
  if (!names.every((_, i) => parsed.has(`${DATASETS}.${i}`)))
    return [{ path: DATASETS, value: yamlValue(field, next) }];
  if (at >= 0) return [{ path: `${DATASETS}.${at}`, value: null }];
  return [{ path: `${DATASETS}.${names.length}`, value: yamlText(label, false) }];
}

function shownValue(field: Field, value: FieldValue): string {
  return typeof value === 'string' ? value : defaultText({ ...field, default: value });
}

function details({ meta }: Field): string {
  const condition = meta['x-used-when'];
  return [
    meta['x-details'],
    condition && `Used when ${conditionText(condition)}.`,
    meta['x-source'] && `Source: ${meta['x-source']}.`,
  ]
    .filter(Boolean)
    .join(' ')
    .replaceAll('`', '');
}
