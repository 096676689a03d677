import { counted } from '../../common/counted.ts';
import { formatDuration } from '../../common/duration.ts';
import { ExitCode } from '../../common/errors.ts';
import { RateMeter } from '../../common/rate-meter.ts';
import { PREPROCESSED_SETS, type PreprocessProgress, preprocess } from '../../data/preprocess/preprocess.ts';
import { integerOption } from '../args.ts';
import { MAX_THREADS } from '../backbone-options.ts';
import type { Command } from '../command.ts';
import { Progress, rate } from '../progress.ts';
import { untilStopped } from '../stop-signals.ts';

export const preprocessCommand: Command = {
  name: 'preprocess',
  summary: `Cut the annotated items out of the images of ${PREPROCESSED_SETS.join(' or ')} and list them in train.csv`,
  positionals: 'NAME DIR',
  options: {
    threads: { type: 'string', value: 'N', help: 'images cut at a time (default: one per core)' },
    overwrite: { type: 'boolean', help: 'make crops anew that are there already' },
    json: { type: 'boolean', help: 'print the summary as JSON' },
  },
  async run(args) {
    const [name, dir] = args.positionals as [string, string];
    const progress = new Progress();
    const meter = new RateMeter();
    meter.update(0, 0);
    return untilStopped('stopping; the same command goes on from here', progress, async (signal) => {
      const summary = await preprocess(name, dir, {
        threads: integerOption(args, 'threads', 1, MAX_THREADS),
        overwrite: args.flag('overwrite'),
        onProgress: (p) => progress.status(progressText(p, meter), p.done === p.total),
        onNote: (text) => progress.line(`note: ${text}`),
        signal,
      });
      progress.clear();
      const { images, crops, kept, classes, bad, list } = summary;
      for (const { image, reason } of bad) progress.line(`bad: ${image}: ${reason}`);
      if (args.flag('json')) console.log(JSON.stringify(summary, null, 2));
      else
        console.log(
          `wrote ${list}: ${counted(crops, 'crop')} of ${counted(classes, 'class')} from ${counted(images, 'image')}` +
            (kept > 0 ? `; ${kept} were there before` : '') +
            (bad.length > 0
              ? `; ${bad.length === 1 ? '1 image or item' : `${bad.length} images or items`} could not be used`
              : ''),
        );
      return ExitCode.done;
    });
  },
};

function progressText({ done, total, crops, bad }: PreprocessProgress, meter: RateMeter): string {
  const { speed, secondsLeft } = meter.update(done, total);
  const left = formatDuration(secondsLeft);
  return (
    `cut ${done}/${total} images, ${counted(crops, 'crop')}, ${bad} bad${rate(speed)}` +
    (left && done < total ? `  ${left} left` : '')
  );
}
