import { counted } from '../common/counted.ts';
import { deriveFigures, warmupIsInEpochs } from '../config/derived.ts';
import { defaultText } from '../config/expected.ts';
import type { ParsedConfig } from '../config/parse.ts';
import { runName } from '../config/run-name.ts';
import { configSections, isSection, type Section } from '../config/schema/fields.ts';
import { isUsed } from './completion.ts';
import type { LanguageContext } from './context.ts';
import { count } from './dataset-items.ts';
import { bytesText, featureStoreBytes, featureWidth, parameterCounts, trainingData } from './figures.ts';
import { previewSweep } from './preview/sweep.ts';
import { currentModel } from './value-items.ts';

/** Text that the editor shows behind an offset without it being there. */
export interface InlayHint {
  readonly offset: number;
  readonly label: string;
  /** Markdown. */
  readonly tooltip: string;
}

/** Longest list of defaults beside a section, characters: VS Code cuts at 43. The tooltip has all of them. */
const MAX_LABEL = 38;

/** Defaults longer than this are in the tooltip only. */
const MAX_VALUE = 20;

/** Runs of a sweep that the tooltip lists. */
const SHOWN_RUNS = 20;

/** Keys whose default does not count: the command line, the backbone or the run replaces it. */
const REPLACED: ReadonlySet<string> = new Set([
  'MODEL.name',
  'MODEL.output_dir',
  'MODEL.BACKBONE.output_dim',
  'DATASET.root',
  'TRANSFORM.mean',
  'TRANSFORM.std',
  'TRAIN.device',
  'TRAIN.save_iter',
  'SWEEP.runs',
]);

/** What follows from a configuration: defaults that count, steps, sizes, the name of the run. */
export function inlayHints(text: string, parsed: ParsedConfig, context: LanguageContext = {}): InlayHint[] {
  return [
    ...sweepHints(parsed, context),
    ...defaultHints(text, parsed),
    ...figureHints(parsed, context),
  ].sort((a, b) => a.offset - b.offset);
}

/** The number of runs and their time, behind the head of the sweep. */
function sweepHints(parsed: ParsedConfig, context: LanguageContext): InlayHint[] {
  const sweep = parsed.has('SWEEP.keys') ? previewSweep(parsed, context) : undefined;
  if (!sweep) return [];
  const { runs, labels, figures } = sweep;
  const some = labels.slice(0, SHOWN_RUNS).map((label) => `- \`${label}\``);
  const rest = runs > some.length ? [`- and ${count(runs - some.length)} more`] : [];
  const facts = figures.map(({ label, value, note }) => `- ${label}: ${value}${note ? ` (${note})` : ''}`);
  const tooltip = [...facts, '', 'Runs, one after another:', '', ...some, ...rest].join('\n');
  const time = figures.find(({ label, value }) => label === 'time' && value !== '?')?.value;
  const words = `${count(runs)} ${runs === 1 ? 'run' : 'runs'}`;
  const offset = parsed.rangeOf('SWEEP.keys', 'key').end.offset + 1;
  return [{ offset, label: time === undefined ? words : `${words}, ${time}`, tooltip }];
}

/** Behind the head of each section that is there: the keys that are not, with their defaults. */
function defaultHints(text: string, parsed: ParsedConfig): InlayHint[] {
  const hints: InlayHint[] = [];
  for (const section of configSections.values()) {
    if (!parsed.has(section.path)) continue;
    const key = parsed.rangeOf(section.path, 'key');
    const value = parsed.rangeOf(section.path);
    // In a flow mapping there is no room behind the head.
    const isBlock = value.start.line > key.end.line;
    const missing = isBlock ? missingKeys(section, parsed) : [];
    if (missing.length === 0) continue;
    const colon = text.indexOf(':', key.end.offset);
    hints.push({
      offset: colon + 1,
      label: shorten(missing.map(({ key: k, value: v }) => `${k} ${v}`)),
      tooltip: `Defaults that count here:\n\n${missing.map((m) => `- \`${m.key}: ${m.value}\``).join('\n')}`,
    });
  }
  return hints;
}

function missingKeys(section: Section, parsed: ParsedConfig): { key: string; value: string }[] {
  return [...section.children].flatMap(([key, child]) =>
    isSection(child) ||
    child.meta['x-kind'] === 'axes' ||
    REPLACED.has(child.path) ||
    parsed.has(child.path) ||
    !isUsed(child, parsed.effective)
      ? []
      : [{ key, value: defaultText(child) }],
  );
}

function shorten(parts: readonly string[]): string {
  let label = '';
  let shown = 0;
  for (const part of parts) {
    const longer = label === '' ? part : `${label}, ${part}`;
    if (part.length > MAX_VALUE || longer.length > MAX_LABEL) continue;
    label = longer;
    shown++;
  }
  if (shown === parts.length) return label;
  const rest = parts.length - shown;
  return label === '' ? counted(rest, 'default') : `${label}, +${rest}`;
}

function figureHints(parsed: ParsedConfig, context: LanguageContext): InlayHint[] {
  const { effective, problems } = parsed;
  // Figures from what cannot be read would be those of the defaults.
  const broken = problems.filter((p) => p.severity === 'error' && p.code !== 'config/unknown-key');
  if (broken.some(({ path }) => path === undefined || !path.startsWith('MODEL.'))) return [];
  const hints: InlayHint[] = [];
  /** At the first of the places that the file has. */
  const add = (paths: readonly string[], label: string, tooltip: string) => {
    const path = paths.find((p) => parsed.has(p));
    if (path === undefined) return;
    const isKey = configSections.has(path);
    const range = parsed.rangeOf(path, isKey ? 'key' : 'value');
    hints.push({ offset: range.end.offset + (isKey ? 1 : 0), label, tooltip });
  };
  const modelIsRead = broken.length === 0;
  if (modelIsRead) add(['MODEL.name'], runName(effective, 1).replace('m00001', 'm?????'), RUN_NAME);
  const data = trainingData(effective, context);
  const model = currentModel(effective, context);
  const features = featureWidth(effective, model);
  if (!data) {
    if (model)
      add(['MODEL.NECK.neck_type'], `${features} to ${effective.MODEL.embedding_dim} features`, NECK);
    return hints;
  }
  const about = data.exact ? '' : 'about ';
  const figures = deriveFigures(effective, data.images);
  const size = `${counted(data.all.images, 'image')}, ${counted(data.all.classes, 'class')}`;
  add(['DATASET.names'], size, data.exact ? DATA : HELD_OUT);
  add(['DATALOADER.batch_size'], `${about}${steps(figures.batchesPerEpoch)} per epoch`, BATCHES);
  if (effective.TRAIN.epoch_based) add(['TRAIN.epochs', 'TRAIN'], about + steps(figures.iterations), STEPS);
  else add(['TRAIN.iterations'], about + counted(figures.epochs, 'epoch'), STEPS);
  if (figures.warmupSteps > 0)
    add(
      warmupIsInEpochs(effective.SCHEDULER)
        ? ['SCHEDULER.warmup_steps', 'SCHEDULER.warmup']
        : ['SCHEDULER.seen_img_warmup', 'SCHEDULER.warmup_steps'],
      about + steps(figures.warmupSteps),
      WARMUP,
    );
  if (!modelIsRead) return hints;
  const { trained, backbone } = parameterCounts(effective, model, data.classes);
  const { freeze_backbone } = effective.MODEL.BACKBONE;
  if (freeze_backbone || backbone !== undefined)
    add(
      ['MODEL.HEAD.name', 'MODEL.HEAD', 'MODEL'],
      `${about}${millions(trained)} trained parameters`,
      TRAINED,
    );
  if (freeze_backbone)
    add(
      ['MODEL.BACKBONE.model_name', 'MODEL.BACKBONE'],
      `feature store ${about}${bytesText(featureStoreBytes(effective, features, data.all.images))}`,
      STORE,
    );
  return hints;
}

const RUN_NAME = 'Name of the run; the number is drawn when it starts.';
const NECK = 'What the neck reduces.';
const DATA = 'Training images and classes below the data folder.';
const HELD_OUT = 'Images and classes below the data folder; EVAL holds some of them out.';
const BATCHES = 'Images divided by batch_size; the last, smaller batch counts.';
const STEPS = 'Training steps in all.';
const WARMUP = 'Steps over which the learning rate rises.';
const TRAINED = 'Numbers that training changes: neck and head, and the backbone where it is not frozen.';
const STORE = 'Size on disk of the features, float32; half of it with `--feature-dtype float16`.';

function steps(number: number): string {
  return counted(number, 'step');
}

function millions(number: number): string {
  return number < 1e4 ? count(number) : `${(number / 1e6).toFixed(2)} M`;
}
