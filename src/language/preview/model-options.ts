import { inputSize, isResizable, splitTag } from '../../config/checks/model.ts';
import type { ParsedConfig } from '../../config/parse.ts';
import { yamlText } from '../../config/python/yaml-text.ts';
import type { ModelFacts, ModelRegistry } from '../../config/registries.ts';
import { configFields } from '../../config/schema/fields.ts';
import { BACKBONE_TYPES, type BackboneType, isOpenClipType } from '../../models/types.ts';
import { featureWidth } from '../figures.ts';
import { modelLine } from '../markdown.ts';
import type { KeyChange } from '../set-keys.ts';
import type { FormField, FormOption } from './types.ts';

const BACKBONE = 'MODEL.BACKBONE';

/** Families; choosing one also chooses a model of it, unless the present one belongs to it too. */
export function typeOptions(parsed: ParsedConfig, models: ModelRegistry): FormOption[] {
  const now = parsed.effective.MODEL.BACKBONE;
  const current = models.find(nameOf(parsed));
  const descriptions = configFields.get(`${BACKBONE}.type`)!.meta.enumDescriptions ?? [];
  return BACKBONE_TYPES.map((type, i) => {
    const model = current?.types.includes(type) ? current : models.ofType(type)[0];
    return {
      label: type,
      detail: descriptions[i] ?? '',
      selected: type === now.type,
      changes: [
        { path: `${BACKBONE}.type`, value: type },
        ...(model && model !== current ? modelChanges(parsed, type, model) : []),
      ],
    };
  });
}

/** Models of the family. */
export function modelOptions(parsed: ParsedConfig, models: ModelRegistry): FormOption[] {
  const { type } = parsed.effective.MODEL.BACKBONE;
  const now = nameOf(parsed);
  const published = models.ofType(type);
  const current = models.find(now);
  const own = current && !published.some(({ name }) => name === now) ? [current] : [];
  return [...own, ...published].map((model) => ({
    label: model.name,
    detail: modelLine(model),
    selected: model.name === now,
    changes: modelChanges(parsed, type, model),
  }));
}

/** Published weights of the model: a key of OpenCLIP models, a part of the name of timm models. */
export function tagOptions(
  parsed: ParsedConfig,
  models: ModelRegistry,
): Pick<FormField, 'options' | 'value' | 'given' | 'default' | 'reset' | 'note'> {
  const { type, model_name, weights } = parsed.effective.MODEL.BACKBONE;
  const openClip = isOpenClipType(type);
  const { name, tag } = splitTag(model_name, openClip);
  const model = models.find(name);
  const initial = openClip ? '' : (model?.defaultTag ?? '');
  const value = openClip ? weights : (tag ?? initial);
  const path = openClip ? `${BACKBONE}.weights` : `${BACKBONE}.model_name`;
  const given = openClip ? parsed.has(path) : tag !== undefined;
  return {
    value,
    given,
    default: initial,
    ...(!openClip && { note: 'Of this family, a part of model_name.' }),
    reset: given ? [{ path, value: openClip ? null : yamlText(name, true) }] : [],
    options: (model?.tags ?? []).map((option) => ({
      label: option,
      detail: option === model?.defaultTag ? 'default' : '',
      selected: option === value,
      changes: [{ path, value: yamlText(openClip ? option : `${name}.${option}`, true) }],
    })),
  };
}

function nameOf({ effective: { MODEL } }: ParsedConfig): string {
  const { type, model_name } = MODEL.BACKBONE;
  return splitTag(model_name, isOpenClipType(type)).name;
}

/** A model with what must follow it: its weights, and width and size where the file gives them. */
function modelChanges(parsed: ParsedConfig, type: BackboneType, model: ModelFacts): KeyChange[] {
  const { effective } = parsed;
  const { weights } = effective.MODEL.BACKBONE;
  const changes: KeyChange[] = [{ path: `${BACKBONE}.model_name`, value: yamlText(model.name, true) }];
  if (isOpenClipType(type)) {
    const tag = model.tags.includes(weights) ? weights : (model.defaultTag ?? model.tags[0]);
    if (tag !== undefined && tag !== weights)
      changes.push({ path: `${BACKBONE}.weights`, value: yamlText(tag, true) });
  } else if (parsed.has(`${BACKBONE}.weights`)) changes.push({ path: `${BACKBONE}.weights`, value: null });
  const width = featureWidth(effective, model);
  if (parsed.has(`${BACKBONE}.output_dim`) && effective.MODEL.BACKBONE.output_dim !== width)
    changes.push({ path: `${BACKBONE}.output_dim`, value: String(width) });
  const { size } = effective.TRANSFORM;
  if (parsed.has('TRANSFORM.size') && !sizeFits(model, size))
    changes.push({ path: 'TRANSFORM.size', value: String(model.imageSize) });
  return changes;
}

/** Without a word from the checks. */
function sizeFits(model: ModelFacts, size: number): boolean {
  if (!isResizable(model)) return inputSize(model, size) === size;
  return model.patchSize === undefined || (size >= model.patchSize && size % model.patchSize === 0);
}
