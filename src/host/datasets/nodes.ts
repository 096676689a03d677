import { counted } from '../../common/counted.ts';
import type { DatasetStatus, DatasetSurvey } from '../../run/dataset-status.ts';

/** Classes of a set from a label on, listed by the command line when they are wanted. */
export interface Page {
  readonly set: string;
  readonly from: number;
}

/** One line of the Datasets view. */
export interface Node {
  /** Stable over refreshes, so that what is unfolded stays so. */
  readonly id: string;
  readonly label: string;
  /** Shown greyed beside the label. */
  readonly description: string;
  readonly icon: string;
  readonly tooltip: string;
  /** Decides which buttons the line has. */
  readonly context: 'set' | 'fact' | 'page';
  /** Address opened by a click. */
  readonly link?: string;
  /** File opened by a click, absolute. */
  readonly file?: string;
  /** What unfolding asks for; such a line has no children of its own. */
  readonly page?: Page;
  /** Unfolded as soon as it is shown. */
  readonly open?: boolean;
  readonly children: readonly Node[];
}

const ORDER = { present: 0, incomplete: 1, absent: 2 } as const;
const ICONS = { present: 'pass', incomplete: 'warning', absent: 'circle-outline' } as const;

/** The view's lines: sets that are there first, then those that lack something, then the rest. */
export function surveyNodes({ sets }: DatasetSurvey): Node[] {
  return [...sets].sort((a, b) => ORDER[a.state] - ORDER[b.state]).map(setNode);
}

function setNode(set: DatasetStatus): Node {
  const { key, title, page, state, missing, classes, images, annotation } = set;
  const facts: Node[] = [];
  const fact = (label: string, description: string, icon: string) =>
    facts.push({
      ...leaf,
      id: `${key}/${label}`,
      label,
      description,
      icon,
      tooltip: `${label}: ${description}`,
    });
  if (images !== undefined) fact('images', number(images), 'file-media');
  for (const text of missing) fact('missing', text, 'warning');
  if (annotation !== undefined) fact('annotation', annotation, 'list-unordered');
  facts.push({
    ...leaf,
    id: `${key}/page`,
    label: 'download page',
    description: page,
    icon: 'link-external',
    tooltip: page,
    context: 'page',
    link: page,
  });
  if (state === 'present' || classes !== undefined)
    facts.push({
      ...leaf,
      id: `${key}/classes`,
      label: 'classes',
      description: classes === undefined ? '' : number(classes),
      icon: 'symbol-class',
      tooltip: 'classes by label, with sample images',
      page: { set: key, from: 0 },
      open: true,
    });
  return {
    id: key,
    label: key,
    description: describe(set),
    icon: ICONS[state],
    tooltip: [title, ...missing.map((text) => `missing: ${text}`)].join('\n'),
    context: 'set',
    children: facts,
  };
}

/** What most lines have in common. */
export const leaf = { context: 'fact', children: [] } as const;

function describe({ state, classes, images, missing }: DatasetStatus): string {
  const counts =
    classes !== undefined && images !== undefined
      ? `${counted(classes, 'class')}, ${counted(images, 'image')}`
      : '';
  if (state === 'present') return counts;
  if (state === 'absent') return 'not here';
  return [counts, `incomplete: ${missing.join('; ')}`].filter(Boolean).join(', ');
}

/** Reads alike in every language of the editor. */
export function number(value: number): string {
  return value.toLocaleString('en-US');
}
