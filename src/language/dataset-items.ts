import { counted } from '../common/counted.ts';
import type { DatasetFacts } from '../config/registries.ts';
import type { ValueItem } from './completion-item.ts';
import type { LanguageContext } from './context.ts';

/** Data sets for DATASET.names: those below the data folder first, with what they hold. */
export function datasetItems({ datasets, machine }: LanguageContext): ValueItem[] {
  const facts = (name: string) => machine?.datasets?.get(name);
  const rank = (name: string) => (facts(name)?.state === 'missing' ? 1 : 0);
  return (datasets?.names ?? [])
    .toSorted((a, b) => rank(a) - rank(b))
    .map((name) => {
      const about = datasets?.about?.(name);
      const lines = [about && `**${about.title}**`, found(facts(name)), about && `Download: ${about.page}`];
      return {
        label: name,
        kind: 'dataset',
        insertText: `"${name}"`,
        fromSchema: false,
        detail: datasetLine(facts(name)),
        documentation: [...lines, 'docs/data.md says where its files lie.'].filter(Boolean).join('\n\n'),
      };
    });
}

/** `141,931 images, 9,691 classes` */
export function datasetLine(facts: DatasetFacts | undefined): string {
  if (facts?.state === 'missing') return 'not below the data folder';
  if (!facts?.counts) return facts ? 'present' : 'data set';
  return `${counted(facts.counts.images, 'image')}, ${counted(facts.counts.classes, 'class')}`;
}

export function count(number: number): string {
  return number.toLocaleString('en');
}

function found(facts: DatasetFacts | undefined): string | undefined {
  if (!facts) return undefined;
  return facts.state === 'missing'
    ? `Not below the data folder: ${facts.what}.`
    : `Here: ${datasetLine(facts)}.`;
}
