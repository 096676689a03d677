import { counted } from '../common/counted.ts';
import { usageError } from '../common/errors.ts';
import type { Dataset } from '../data/datasets/index.ts';
import { CLASSES_PER_PAGE, type ClassSamples, type DatasetSamples } from '../run/dataset-samples.ts';
import { integerOption } from './args.ts';
import type { Arguments } from './command.ts';

/** What `--samples` and `--from-label` ask for, or undefined. */
export interface SamplesRequest {
  /** Images listed of each class. */
  readonly perClass: number;
  /** Label of the first class listed. */
  readonly from: number;
}

export function samplesRequest(args: Arguments): SamplesRequest | undefined {
  const perClass = integerOption(args, 'samples', 1, 100);
  const from = integerOption(args, 'from-label', 0, 0x7fffffff);
  if (perClass === undefined) {
    if (from === undefined) return undefined;
    throw usageError({
      code: 'usage/samples',
      what: '--from-label has no effect without --samples',
      todo: 'add --samples N',
    });
  }
  for (const flag of ['jsonl', 'check'])
    if (args.flag(flag))
      throw usageError({
        code: 'usage/samples',
        what: `--samples and --${flag} print different things`,
        todo: 'give one of them',
      });
  return { perClass, from: from ?? 0 };
}

/** Up to CLASSES_PER_PAGE classes from label `from` on, each with its first images; files are not looked at. */
export function sampleClasses(data: Dataset, { perClass, from }: SamplesRequest): DatasetSamples {
  const end = Math.min(from + CLASSES_PER_PAGE, data.classes);
  const samples = Array.from({ length: Math.max(0, end - from) }, (): string[] => []);
  for (let i = 0; i < data.length; i++) {
    const own = samples[data.labels[i]! - from]; // undefined: a class of another page
    if (own && own.length < perClass) own.push(data.image(i));
  }
  const listed = samples.map(
    (images, i): ClassSamples => ({
      label: from + i,
      id: data.classNames[from + i]!,
      images: data.classCounts[from + i]!,
      samples: images,
    }),
  );
  return { root: data.root, classes: data.classes, listed };
}

/** For people: a line a class, its images below it. */
export function samplesText({ classes, listed }: DatasetSamples): string {
  const lines = listed.flatMap(({ label, id, images, samples }) => [
    `label ${label}: class ${id}, ${counted(images, 'image')}`,
    ...samples.map((image) => `  ${image}`),
  ]);
  const next = listed.length > 0 ? listed.at(-1)!.label + 1 : classes;
  if (next < classes) lines.push(`${counted(classes - next, 'more class')}: --from-label ${next}`);
  else if (listed.length === 0) lines.push(`no such label: the set has ${counted(classes, 'class')}`);
  return lines.join('\n');
}
