import { resolve } from 'node:path';
import { ExitCode } from '../../common/errors.ts';
import { type Dataset, loadDatasets, type SetSummary } from '../../data/datasets/index.ts';
import type { BadImage } from '../../data/image/bad-images.ts';
import { checkImages } from '../../data/image/check.ts';
import { readImageKeys } from '../../features/image-stats.ts';
import { integerOption } from '../args.ts';
import type { Command } from '../command.ts';
import { sampleClasses, samplesRequest, samplesText } from '../dataset-samples.ts';
import { surveyDatasets } from '../dataset-survey.ts';
import { Progress } from '../progress.ts';
import { table } from '../table.ts';

export const dataset: Command = {
  name: 'dataset',
  summary:
    'Show what data sets hold: classes, images, missing files; list or check their images; without NAMES, all sets',
  positionals: '[NAMES...] DATA_DIR',
  options: {
    seed: {
      type: 'string',
      value: 'N',
      help: 'decides which images of reduced classes stay, as SEED of a configuration',
      default: '42',
    },
    jsonl: { type: 'boolean', help: 'print one line per sample: {"dataset", "image", "label"}' },
    check: { type: 'boolean', help: 'open every image and list the bad ones; exit code 1 if there are any' },
    samples: {
      type: 'string',
      value: 'N',
      help: 'list classes (200 at a time) with their number of images and the first N of them',
    },
    'from-label': { type: 'string', value: 'LABEL', help: 'with --samples: the first class listed' },
    json: { type: 'boolean', help: 'print the summary, or the samples, as JSON' },
    quick: {
      type: 'boolean',
      help: 'without NAMES: only look whether folders and annotation files are there',
    },
    'cache-dir': {
      type: 'string',
      value: 'DIR',
      help: 'where indices of large annotation files are kept (default: the user cache folder)',
    },
  },
  async run(args) {
    const names = args.positionals.slice(0, -1).flatMap(splitNames);
    const seed = integerOption(args, 'seed', 0, 0xffffffff)!;
    const samples = samplesRequest(args);
    const progress = new Progress();
    if (names.length === 0) return surveyDatasets(args, seed, progress);
    const data = await loadDatasets(names, resolve(args.positionals.at(-1)!), {
      seed,
      cacheDir: args.string('cache-dir'),
    });
    for (const { notes } of data.perSet) for (const note of notes) progress.line(note);
    if (samples) {
      const page = sampleClasses(data, samples);
      console.log(args.flag('json') ? JSON.stringify(page) : samplesText(page));
      return ExitCode.done;
    }
    const check = args.flag('check');
    if (args.flag('jsonl')) {
      await printSamples(data);
      if (!check) return ExitCode.done;
    }
    const bad = check ? await openAll(data, progress) : await findMissing(data, progress);
    progress.clear();
    const rows = data.perSet.map((set) => describe(data, set, bad));
    if (args.flag('json')) console.log(JSON.stringify(summary(data, rows, check ? bad : undefined), null, 2));
    else if (!args.flag('jsonl')) {
      console.log(setTable(rows));
      if (check) for (const { image, reason } of bad) console.log(`bad: ${image}: ${reason}`);
    }
    return check && bad.length > 0 ? ExitCode.failed : ExitCode.done;
  },
};

/** `a,b` names two sets; a comma in a path is part of it. */
function splitNames(text: string): string[] {
  if (/^(folder|csv):/.test(text)) return [text];
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** Waits whenever the reader is slower: 4 million lines must not pile up in memory. */
async function printSamples(data: Dataset): Promise<void> {
  let lines: string[] = [];
  const flush = async () => {
    const text = lines.join('');
    lines = [];
    if (!process.stdout.write(text)) await new Promise((drained) => process.stdout.once('drain', drained));
  };
  for (const { dataset: name, image, label } of data) {
    lines.push(`${JSON.stringify({ dataset: name, image, label })}\n`);
    if (lines.length === 1024) await flush();
  }
  await flush();
}

async function openAll(data: Dataset, progress: Progress): Promise<readonly BadImage[]> {
  return checkImages(data, {
    onProgress: (done, total, bad) =>
      progress.status(`opened ${done}/${total} images, ${bad} bad`, done === total),
  });
}

async function findMissing(data: Dataset, progress: Progress): Promise<readonly BadImage[]> {
  const show = (done: number) => progress.status(`looked for ${done}/${data.length} files`);
  return (await readImageKeys(data, show, undefined)).missing;
}

interface SetRow {
  readonly name: string;
  readonly folder: string;
  readonly classes: number;
  readonly images: number;
  readonly min: number;
  readonly median: number;
  readonly max: number;
  readonly droppedClasses: number;
  readonly droppedImages: number;
  readonly missing: number;
  readonly damaged: number;
}

function describe(data: Dataset, set: SetSummary, bad: readonly BadImage[]): SetRow {
  const counts = data.classCounts.slice(set.firstLabel, set.firstLabel + set.classes).sort();
  const middle = counts.length >> 1;
  const own = bad.filter(({ index }) => index >= set.firstSample && index < set.firstSample + set.images);
  const missing = own.filter(({ code }) => code === 'image/missing').length;
  return {
    name: set.name,
    folder: set.folder,
    classes: set.classes,
    images: set.images,
    min: counts[0]!,
    median: counts.length % 2 === 1 ? counts[middle]! : (counts[middle - 1]! + counts[middle]!) / 2,
    max: counts.at(-1)!,
    droppedClasses: set.droppedClasses,
    droppedImages: set.droppedImages,
    missing,
    damaged: own.length - missing,
  };
}

function setTable(rows: readonly SetRow[]): string {
  const header = [
    'set',
    'classes',
    'images',
    'min',
    'median',
    'max',
    'dropped classes',
    'missing',
    'damaged',
  ];
  const total = rows.length > 1 ? [['all', sum(rows, 'classes'), sum(rows, 'images')].map(String)] : [];
  return table(header, [
    ...rows.map((r) =>
      [r.name, r.classes, r.images, r.min, r.median, r.max, r.droppedClasses, r.missing, r.damaged].map(
        String,
      ),
    ),
    ...total,
  ]);
}

function summary(data: Dataset, rows: readonly SetRow[], bad: readonly BadImage[] | undefined) {
  return {
    root: data.root,
    classes: data.classes,
    images: data.length,
    sets: rows,
    ...(bad && { bad: bad.map(({ image, code, reason }) => ({ image, code, reason })) }),
  };
}

function sum(rows: readonly SetRow[], key: 'classes' | 'images'): number {
  return rows.reduce((total, row) => total + row[key], 0);
}
