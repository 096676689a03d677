import { requireWritable, writeAtomically } from '../../common/atomic-file.ts';
import { counted } from '../../common/counted.ts';
import { ExitCode } from '../../common/errors.ts';
import { DISTANCE_NAMES } from '../../config/names.ts';
import { describeSize } from '../../eval/retrieval-set.ts';
import type { Scores } from '../../eval/tally.ts';
import type { EvaluationSummary } from '../../run/retrieval-messages.ts';
import { type Evaluation, evaluate as run } from '../../train/evaluate.ts';
import { choiceOption } from '../args.ts';
import type { Command } from '../command.ts';
import { findCsv, INFERENCE_OPTIONS, openTarget, type Target } from '../inference-options.ts';
import { progressFor } from '../json-progress.ts';
import { scoreTable } from '../score-table.ts';
import { untilStopped } from '../stop-signals.ts';

export const evaluate: Command = {
  name: 'evaluate',
  summary: 'Score retrieval on held-out images: overall and per domain',
  positionals: 'RUN_OR_CONFIG DATA_DIR',
  options: {
    csv: {
      type: 'string',
      value: 'FILE',
      help: 'images to score with: img_path,label,role(query|index)[,domain] (default: what EVAL holds out)',
    },
    metric: { type: 'string', value: 'METRIC', help: 'euclidean or cosine (default: EVAL.metric)' },
    ...INFERENCE_OPTIONS,
    gallery: {
      type: 'string',
      value: 'FILE',
      help: 'write every query with its five nearest, worst first, one line of JSON each',
    },
    json: { type: 'boolean', help: 'print the scores as JSON' },
  },
  async run(args) {
    const [path, dataDir] = args.positionals as [string, string];
    const target = await openTarget(path, args);
    const metric = choiceOption(args, 'metric', DISTANCE_NAMES) ?? target.config.EVAL.metric;
    const csv = args.string('csv');
    const gallery = args.string('gallery');
    if (gallery !== undefined) await requireWritable(gallery);
    const progress = progressFor(args);
    return untilStopped('stopping', progress, async (signal) => {
      if (target.run && csv === undefined && target.config.EVAL.hold_out === 'none')
        progress.line(
          'warning: this run held nothing out, so it was trained on the very classes that are scored; give --csv FILE with others',
        );
      const evaluation = await run(
        { ...target, dataDir, csv: csv === undefined ? undefined : findCsv(csv, dataDir), metric },
        {
          signal,
          onStatus: (text) => progress.status(text),
          onFeatures: (p) => progress.features(p),
          onScored: (done, total) => progress.count('scored queries', done, total),
        },
      );
      progress.clear();
      if (gallery !== undefined) {
        const lines = evaluation.gallery.map((entry) => `${JSON.stringify(entry)}\n`);
        await writeAtomically(gallery, lines.join(''));
      }
      for (const note of evaluation.set.notes) progress.line(note);
      if (args.flag('json')) console.log(JSON.stringify(summary(path, target, metric, evaluation), null, 2));
      else print(evaluation, metric);
      return ExitCode.done;
    });
  },
};

function print({ scores, set, embedder, skipped }: Evaluation, metric: string): void {
  console.log(`images:   ${set.title}: ${describeSize(set)}`);
  console.log(`neck:     ${embedder.neckTitle}`);
  console.log(`distance: ${metric}\n`);
  console.log(scoreTable(scores));
  if (scores.excluded > 0)
    console.log(
      `\n${counted(scores.excluded, 'query')} not counted: without an image of the class in the index`,
    );
  if (skipped > 0) console.log(`\n${counted(skipped, 'missing or damaged image')} left out`);
}

function summary(
  path: string,
  target: Target,
  metric: string,
  { scores, set, embedder, skipped }: Evaluation,
): EvaluationSummary & { readonly target: string } {
  const plain = ({ metrics, queries, excluded }: Scores) => ({ queries, excluded, metrics });
  return {
    target: path,
    neck: embedder.neckTitle,
    checkpoint: target.checkpoint ?? null,
    root: set.root,
    images: set.title,
    notes: set.notes,
    metric,
    indexImages: scores.indexImages,
    skipped,
    ...plain(scores),
    domains: Object.fromEntries([...scores.domains].map(([name, s]) => [name, plain(s)])),
  };
}
