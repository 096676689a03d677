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
      ...(value === field.default && { preselect: true }),
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
  'TRAIN.save_epoch': ({ TRAIN: { epochs } }) => {
    if (epochs < 1) return [];
    const every = Array.from({ length: epochs }, (_, i) => i + 1);
    return [
      valueItem(
        `[${epochs}]`,
        'after the last epoch',
        'The newest checkpoint is enough to resume and to package.',
      ),
      ...(epochs > 1 && epochs <= MAX_LISTED
        ? [valueItem(`[${every.join(', ')}]`, 'after every epoch', 'A checkpoint after every epoch.')]
        : []),
    ];
  },
};

/** Epochs that are written out one by one. */
const MAX_LISTED = 20;

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
    ...valueItem(tag, weightsLine(model!, tag), modelDoc(model!, tag)),
    kind: 'weights',
  }));
}

/** `weights of ViT-B-16, mit` */
function weightsLine({ name, weights }: ModelFacts, tag: string): string {
  return `weights of ${name}, ${weights?.get(tag)?.licence ?? 'licence unknown'}`;
}

/**
 * Names with a tag, `vit_base_patch16_siglip_224.webli`, of the timm model that is being typed; empty before its dot.
 */
export function taggedNames(word: string, config: Config, { models }: ConfigContext): ValueItem[] {
  const { name, tag } = splitTag(word, isOpenClipType(config.MODEL.BACKBONE.type));
  const model = tag === undefined ? undefined : models?.find(name);
  return (model?.tags ?? []).map((t) => ({
    ...valueItem(
      `${name}.${t}`,
      t === model!.defaultTag ? 'default weights' : 'weights',
      modelDoc(model!, t),
    ),
    kind: 'weights',
  }));
}

/** The tag of the weights that a configuration names; undefined where it leaves that to the model. */
export function currentTag({ MODEL: { BACKBONE } }: Config): string | undefined {
  const isOpenClip = isOpenClipType(BACKBONE.type);
  const tag = isOpenClip ? BACKBONE.weights : splitTag(BACKBONE.model_name, false).tag;
  return tag === '' ? undefined : tag;
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
