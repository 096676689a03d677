import { isAbsolute, join } from 'node:path';
import { counted } from '../../common/counted.ts';
import { CLASSES_PER_PAGE, type ClassSamples, type DatasetSamples } from '../../run/dataset-samples.ts';
import { leaf, type Node, number, type Page } from './nodes.ts';

/** Images shown of each class. */
const IMAGES_PER_CLASS = 20;

/** What the command line is asked for a page of classes. */
export function samplesArguments({ set, from }: Page, root: string, cacheDir: string | undefined): string[] {
  const page = ['--samples', String(IMAGES_PER_CLASS), '--from-label', String(from)];
  return [
    'dataset',
    set,
    root,
    '--json',
    ...page,
    ...(cacheDir === undefined ? [] : ['--cache-dir', cacheDir]),
  ];
}

/** The lines below a page: its classes by label and, below the first page, the other pages. */
export function classNodes({ set, from }: Page, answer: DatasetSamples): Node[] {
  const { root, classes, listed } = answer;
  const nodes = listed.map((one) => classNode(set, root, one));
  if (from > 0) return nodes;
  for (let first = listed.length; first < classes; first += CLASSES_PER_PAGE) {
    const last = Math.min(first + CLASSES_PER_PAGE, classes) - 1;
    const labels = first === last ? `label ${number(first)}` : `labels ${number(first)} to ${number(last)}`;
    nodes.push({
      ...leaf,
      id: `${set}/from ${first}`,
      label: 'more classes',
      description: labels,
      icon: 'ellipsis',
      tooltip: `${set}: ${labels}`,
      page: { set, from: first },
    });
  }
  return nodes;
}

function classNode(set: string, root: string, { label, id, images, samples }: ClassSamples): Node {
  const key = `${set}/class ${label}`;
  const count = counted(images, 'image');
  const children = samples.map((path, i): Node => {
    const file = isAbsolute(path) ? path : join(root, path);
    return {
      ...leaf,
      id: `${key}/${i}`,
      label: path.slice(path.lastIndexOf('/') + 1),
      description: '',
      icon: 'file-media',
      tooltip: file,
      file,
    };
  });
  if (images > samples.length) {
    const rest = `the first ${number(samples.length)} of ${count}`;
    children.push({
      ...leaf,
      id: `${key}/rest`,
      label: '…',
      description: rest,
      icon: 'blank',
      tooltip: rest,
    });
  }
  return {
    ...leaf,
    id: key,
    label: id,
    description: count,
    icon: 'symbol-class',
    tooltip: `class ${id}, label ${label}, ${count}`,
    children,
  };
}

/** Said in place of classes that could not be listed: why, and what to do. */
export function failureNodes({ set, from }: Page, message: string): Node[] {
  const lines = message.trim().split('\n');
  const error = lines.find((line) => line.startsWith('error: ')) ?? lines[0]!;
  const todo = lines.map((line) => /^ *to do: +(.*)/.exec(line)?.[1]).find((text) => text !== undefined);
  const failed = { ...leaf, tooltip: message };
  return [
    {
      ...failed,
      id: `${set}/failed ${from}`,
      label: 'cannot be listed',
      description: error.replace(/^error: /, ''),
      icon: 'error',
    },
    {
      ...failed,
      id: `${set}/to do ${from}`,
      label: todo ?? 'point at the line above for the whole message',
      description: 'then Refresh Datasets',
      icon: 'lightbulb',
    },
  ];
}
