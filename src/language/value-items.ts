import { splitTag } from '../config/checks/model.ts';
import { defaultText, scalarText } from '../config/expected.ts';
import type { ConfigContext, ModelFacts } from '../config/registries.ts';
import type { Field } from '../config/schema/fields.ts';
import type { Config } from '../config/schema/index.ts';
import { isOpenClipType } from '../models/types.ts';
import type { ValueItem } from './completion-item.ts';
import type { LanguageContext } from './context.ts';
import { datasetItems } from './dataset-items.ts';
import { headFormula, linkPapers, modelDoc, modelLine } from './markdown.ts';

/** Values that a key could hold; the default first where there is no closed set. */
export function valueItems(field: Field, config: Config, context: LanguageContext): ValueItem[] {
  const special = SPECIAL[field.path]?.(config, context);
  if (special?.length) return special;
  if (field.allowed)
    return field.allowed.map((value, i) => ({
      ...valueItem(
        scalarText(value),
        value === field.default ? 'default' : '',
        linkPapers(field.meta.enumDescriptions?.[i] ?? field.meta.description),
      ),
      fromSchema: true,
    }));
  return [{ ...valueItem(defaultText(field), 'default', field.meta.description), fromSchema: true }];
}

const SPECIAL: Readonly<Record<string, (config: Config, context: LanguageContext) => ValueItem[]>> = {
  'MODEL.BACKBONE.model_name': modelNames,
  'MODEL.BACKBONE.weights': weightsTags,
  'MODEL.BACKBONE.output_dim': (config, context) => {
    const model = currentModel(config, context);
    if (!model) return [];
    const { proj_layer } = config.MODEL.BACKBONE;
    const width = proj_layer ? (model.projectedWidth ?? model.width) : model.width;
    return [
      valueItem(String(width), `width of ${model.name}`, 'The number of features that the backbone gives.'),
    ];
  },
  'TRANSFORM.size': (config, context) => {
    const model = currentModel(config, context);
    if (!model) return [];
    const about = 'The published input size of the backbone.';
    return [valueItem(String(model.imageSize), `size of ${model.name}`, about)];
  },
  'DATASET.names': (_, context) => datasetItems(context),
};

function modelNames(config: Config, { models }: ConfigContext): ValueItem[] {
  const { type } = config.MODEL.BACKBONE;
  return (models?.ofType(type) ?? []).map((model) => ({
    ...valueItem(model.name, modelLine(model), modelDoc(model)),
    kind: 'model',
  }));
}

function weightsTags(config: Config, context: ConfigContext): ValueItem[] {
  if (!isOpenClipType(config.MODEL.BACKBONE.type))
    return [valueItem('""', 'timm', 'Empty for timm models: the tag is part of model_name.')];
  const model = currentModel(config, context);
  return (model?.tags ?? []).map((tag) => ({
    ...valueItem(tag, `weights of ${model!.name}`, `Published weights of ${model!.name}.`),
    kind: 'weights',
  }));
}

/**
 * Names with a tag, `vit_base_patch16_siglip_224.webli`, of the timm model that is being typed; empty before its dot.
 */
export function taggedNames(word: string, config: Config, { models }: ConfigContext): ValueItem[] {
  const { name, tag } = splitTag(word, isOpenClipType(config.MODEL.BACKBONE.type));
  const model = tag === undefined ? undefined : models?.find(name);
  return (model?.tags ?? []).map((t) => ({
    ...valueItem(`${name}.${t}`, t === model!.defaultTag ? 'default weights' : 'weights', modelDoc(model!)),
    kind: 'weights',
  }));
}

/** The registered model that a configuration names. */
export function currentModel(config: Config, { models }: ConfigContext): ModelFacts | undefined {
  const { type, model_name } = config.MODEL.BACKBONE;
  return models?.find(splitTag(model_name, isOpenClipType(type)).name);
}

function valueItem(value: string, detail: string, documentation: string): ValueItem {
  const formula = headFormula(value);
  return {
    label: value,
    kind: 'value',
    insertText: value,
    fromSchema: false,
    detail,
    documentation: formula === undefined ? documentation : `${documentation}\n\n${formula}`,
  };
}
