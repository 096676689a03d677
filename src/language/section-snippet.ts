import { defaultText, scalarText } from '../config/expected.ts';
import { type Field, isSection, type Section } from '../config/schema/fields.ts';

/** Keys that a new section starts with: those that experiments usually set. */
const USUAL: Readonly<Record<string, readonly string[]>> = {
  MODEL: ['embedding_dim', 'cloud_upload', 'BACKBONE', 'NECK', 'HEAD'],
  'MODEL.BACKBONE': ['type', 'model_name', 'freeze_backbone'],
  'MODEL.NECK': ['neck_type', 'dropout'],
  'MODEL.HEAD': ['name', 's', 'm'],
  DATASET: ['names'],
  DATALOADER: ['batch_size', 'num_workers'],
  TRANSFORM: ['name', 'size'],
  TRAIN: ['epochs', 'save_epoch', 'print_freq'],
  LOSS: ['name'],
  OPTIMIZER: ['name', 'lr', 'weight_decay'],
  SCHEDULER: ['name', 'warmup', 'warmup_steps', 'min_lr'],
  GOOGLE_DRIVE: ['folder_id', 'client_secret_path'],
  EVAL: ['hold_out', 'class_share'],
  SWEEP: ['method', 'keys'],
};

/** A section with its usual keys, defaults as tab stops; lines are indented from its own column. */
export function sectionSnippet(key: string, section: Section): string {
  let stop = 0;
  const lines = (name: string, at: Section, indent: string): string[] => [
    `${indent}${name}:`,
    ...(USUAL[at.path] ?? []).flatMap((childKey) => {
      const child = at.children.get(childKey)!;
      if (isSection(child)) return lines(childKey, child, `${indent}  `);
      return child.meta['x-kind'] === 'axes'
        ? [`${indent}  ${childKey}:`, `${indent}    ${exampleAxis(++stop)}`]
        : [`${indent}  ${childKey}: ${tabStop(++stop, child)}`];
    }),
  ];
  return lines(key, section, '').join('\n');
}

/** The key that most sweeps begin with. */
function exampleAxis(stop: number): string {
  return `\${${stop}:OPTIMIZER.lr: [1e-3, 5e-3, 2e-2]}`;
}

function tabStop(number: number, field: Field): string {
  if (!field.allowed) return `\${${number}:${escapeSnippet(defaultText(field))}}`;
  // The default comes first: the first choice is inserted.
  const rest = field.allowed.filter((value) => value !== field.default);
  const choices = [field.default as (typeof rest)[number], ...rest].map(scalarText);
  return `\${${number}|${choices.map((c) => c.replace(/[\\,|]/g, '\\$&')).join(',')}|}`;
}

/** Text that a snippet inserts as it is. */
export function escapeSnippet(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}
