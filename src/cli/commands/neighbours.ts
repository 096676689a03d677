import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ExitCode } from '../../common/errors.ts';
import { DISTANCE_NAMES } from '../../config/names.ts';
import { findNeighbours, type NeighboursOfQuery } from '../../train/neighbours.ts';
import { choiceOption, integerOption } from '../args.ts';
import type { Command } from '../command.ts';
import { findCsv, INFERENCE_OPTIONS, openTarget } from '../inference-options.ts';
import { progressFor } from '../json-progress.ts';
import { untilStopped } from '../stop-signals.ts';
import { table } from '../table.ts';

export const neighbours: Command = {
  name: 'neighbours',
  summary: 'Find the held-out index images that are nearest to an image',
  positionals: 'RUN_OR_CONFIG QUERY_IMAGE DATA_DIR',
  options: {
    k: { type: 'string', value: 'N', help: 'how many', default: '5' },
    csv: {
      type: 'string',
      value: 'FILE',
      help: 'index images: img_path,label,role(query|index)[,domain] (default: what EVAL holds out)',
    },
    metric: { type: 'string', value: 'METRIC', help: 'euclidean or cosine (default: EVAL.metric)' },
    ...INFERENCE_OPTIONS,
    json: { type: 'boolean', help: 'print them as JSON' },
  },
  async run(args) {
    const [path, image, dataDir] = args.positionals as [string, string, string];
    const target = await openTarget(path, args);
    const csv = args.string('csv');
    const progress = progressFor(args);
    return untilStopped('stopping', progress, async (signal) => {
      const found = await findNeighbours(
        {
          ...target,
          dataDir,
          csv: csv === undefined ? undefined : findCsv(csv, dataDir),
          metric: choiceOption(args, 'metric', DISTANCE_NAMES) ?? target.config.EVAL.metric,
          // Relative to the current folder or, where there is none, to the data folder.
          queries: [existsSync(image) ? resolve(image) : resolve(dataDir, image)],
          k: integerOption(args, 'k', 1, 99)!,
        },
        {
          signal,
          onStatus: (text) => progress.status(text),
          onFeatures: (p) => progress.features(p),
        },
      );
      progress.clear();
      for (const one of found) print(one, args.flag('json'));
      return ExitCode.done;
    });
  },
};

function print(found: NeighboursOfQuery, json: boolean): void {
  if (json) {
    console.log(JSON.stringify(found, null, 2));
    return;
  }
  const mark = (right: boolean | undefined) => (right === undefined ? '' : right ? 'right' : 'wrong');
  console.log(
    table(
      ['rank', 'distance', 'is', 'class', 'image'],
      found.neighbours.map((n, i) => [
        String(i + 1),
        n.distance.toPrecision(6),
        mark(n.right),
        n.label,
        n.image,
      ]),
    ),
  );
}
