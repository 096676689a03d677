import { defaultText, expectedText, scalarText } from '../config/expected.ts';
import type { ModelFacts } from '../config/registries.ts';
import { conditionText } from '../config/schema/field.ts';
import type { Field } from '../config/schema/fields.ts';
import { HEAD_NAMES, type HeadName } from '../heads/head.ts';
import { HEAD_FORMULAS } from './formulas.ts';

/** A key for hovers and completions: meaning, values, default, unit, condition, source. */
export function fieldDoc(field: Field, effective?: string): string {
  const { meta } = field;
  const facts = [`Default: \`${defaultText(field)}\``];
  if (effective !== undefined) facts.push(`Here: \`${effective}\``);
  if (meta.enumDescriptions)
    facts.push(
      ...meta.enumDescriptions.map((text, i) => `\`${scalarText(field.allowed?.[i] ?? null)}\`: ${text}`),
    );
  else facts.push(`Takes ${expectedText(field)}`);
  if (meta['x-unit'] !== undefined) facts.push(`Unit: ${meta['x-unit']}`);
  if (meta['x-used-when']) facts.push(`Used when ${conditionText(meta['x-used-when'])}`);
  if (meta['x-source'] !== undefined) facts.push(`Source: ${meta['x-source']}`);
  const mark = field.extension ? ' (extension)' : '';
  return linkPapers(
    [
      `**${field.path}**${mark}`,
      [meta.description, meta['x-details']].filter(Boolean).join(' '),
      facts.map((fact) => `- ${fact}`).join('\n'),
    ].join('\n\n'),
  );
}

/** `428.2 M parameters, width 1152, 384 px`. */
export function modelLine(model: ModelFacts): string {
  const parameters = model.parameters === undefined ? [] : [`${millions(model.parameters)} parameters`];
  return [...parameters, `width ${model.width}`, `${model.imageSize} px`].join(', ');
}

/** `428.2 M`. */
export function millions(count: number): string {
  return `${(count / 1e6).toFixed(1)} M`;
}

/** @param tag of the weights that are meant; absent: the default ones */
export function modelDoc(model: ModelFacts, tag = model.defaultTag): string {
  const projected =
    model.projectedWidth !== undefined && model.projectedWidth !== model.width
      ? ` (${model.projectedWidth} with proj_layer)`
      : '';
  const facts = [
    `Types: ${model.types.join(', ')}`,
    ...(model.parameters === undefined ? [] : [`Parameters: ${millions(model.parameters)}`]),
    `Width: ${model.width}${projected}`,
    `Image: ${model.imageSize} px${patchText(model)}`,
    `Weights: ${model.tags.map((t) => (t === model.defaultTag ? `**${t}**` : t)).join(', ') || 'none published'}`,
  ];
  const published = tag === undefined ? undefined : model.weights?.get(tag);
  const licence = published ? (published.licence ?? 'unknown') : model.licence;
  if (licence !== undefined) facts.push(`Licence of ${tag ?? 'the weights'}: ${licence}`);
  const page = weightsPage(model, tag);
  if (page !== undefined) facts.push(`Hub: [${page.replace('https://', '')}](${page})`);
  return [`**${model.name}**`, facts.map((fact) => `- ${fact}`).join('\n')].join('\n\n');
}

/** Where the weights are published; undefined where that is not the Hugging Face hub. */
export function weightsPage(model: ModelFacts, tag = model.defaultTag): string | undefined {
  const hubId = tag === undefined ? undefined : model.weights?.get(tag)?.hubId;
  return hubId && `https://huggingface.co/${hubId}`;
}

function patchText({ imageSize, patchSize }: ModelFacts): string {
  if (patchSize === undefined) return '';
  const side = Math.floor(imageSize / patchSize);
  const left = imageSize - side * patchSize;
  const unused = left === 0 ? '' : `; the last ${left} px at the right and lower edge are not seen`;
  return `, ${side} x ${side} patches of ${patchSize} px${unused}`;
}

/** The formula of a head as a block of code; undefined for other words. */
export function headFormula(word: string): string | undefined {
  if (!(HEAD_NAMES as readonly string[]).includes(word)) return undefined;
  const legend = 'c: cosine of feature and class centre, y: the label, theta = acos c';
  return `\`\`\`text\n${HEAD_FORMULAS[word as HeadName]}\n\`\`\`\n\n${legend}`;
}

/** Numbers of arXiv papers become links. */
export function linkPapers(markdown: string): string {
  return markdown.replace(/(?<![\d./])(\d{4}\.\d{5})(?![\d.])/g, '[$1](https://arxiv.org/abs/$1)');
}
