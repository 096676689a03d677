import { splitTag } from '../config/checks/model.ts';
import { defaultText, scalarText } from '../config/expected.ts';
import { isOpenClipType } from '../config/names.ts';
import type { ConfigContext, ModelFacts } from '../config/registries.ts';
import type { Field } from '../config/schema/fields.ts';
import type { Config } from '../config/schema/index.ts';
import type { CompletionItem } from './completion-item.ts';
import { modelDoc, modelLine } from './markdown.ts';

type Item = Omit<CompletionItem, 'start' | 'end'>;

/** Values that a key could hold; the default first where there is no closed set. */
export function valueItems(field: Field, config: Config, context: ConfigContext): Item[] {
  const special = SPECIAL[field.path]?.(config, context);
  if (special?.length) return special;
  if (field.allowed)
    return field.allowed.map((value, i) => ({
      label: scalarText(value),
      kind: 'value',
      insertText: scalarText(value),
      detail: value === field.default ? 'default' : '',
      documentation: field.meta.enumDescriptions?.[i] ?? field.meta.description,
    }));
  return [valueItem(defaultText(field), 'default', field.meta.description)];
}

const SPECIAL: Readonly<Record<string, (config: Config, context: ConfigContext) => Item[]>> = {
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
    return model
      ? [
          valueItem(
            String(model.imageSize),
            `size of ${model.name}`,
            'The published input size of the backbone.',
          ),
        ]
      : [];
  },
  'DATASET.names': (_, context) =>
    (context.datasets?.names ?? []).map((name) => ({
      label: name,
      kind: 'dataset',
      insertText: `"${name}"`,
      detail: 'data set',
      documentation: 'See docs/datasets.md for its folder and annotation file.',
    })),
};

function modelNames(config: Config, { models }: ConfigContext): Item[] {
  const { type } = config.MODEL.BACKBONE;
  return (models?.ofType(type) ?? []).map((model) => ({
    label: model.name,
    kind: 'model',
    insertText: model.name,
    detail: modelLine(model),
    documentation: modelDoc(model),
  }));
}

function weightsTags(config: Config, context: ConfigContext): Item[] {
  if (!isOpenClipType(config.MODEL.BACKBONE.type))
    return [valueItem('""', 'timm', 'Empty for timm models: the tag is part of model_name.')];
  const model = currentModel(config, context);
  return (model?.tags ?? []).map((tag) => ({
    label: tag,
    kind: 'weights',
    insertText: tag,
    detail: `weights of ${model!.name}`,
    documentation: `Published weights of ${model!.name}.`,
  }));
}

/** The registered model that a configuration names. */
export function currentModel(config: Config, { models }: ConfigContext): ModelFacts | undefined {
  const { type, model_name } = config.MODEL.BACKBONE;
  return models?.find(splitTag(model_name, isOpenClipType(type)).name);
}

function valueItem(value: string, detail: string, documentation: string): Item {
  return { label: value, kind: 'value', insertText: value, detail, documentation };
}
