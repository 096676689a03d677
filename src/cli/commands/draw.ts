import { ExitCode, usageError } from '../../common/errors.ts';
import { nearest } from '../../common/suggest.ts';
import { DRAWN_SETS, type DrawnSetName } from '../../data/drawn/sets.ts';
import { integerOption } from '../args.ts';
import type { Command } from '../command.ts';
import { Progress } from '../progress.ts';

const NAMES = Object.keys(DRAWN_SETS) as DrawnSetName[];

export const draw: Command = {
  name: 'draw',
  summary: `Draw an image set (${NAMES.join(' or ')}) from freely licensed icons into DATA_DIR`,
  positionals: 'SET DATA_DIR',
  options: {
    seed: { type: 'string', value: 'N', help: 'of backgrounds, places and held-out classes', default: '42' },
  },
  async run(args) {
    const [asked, root] = args.positionals as [string, string];
    const name = NAMES.find((n) => n === asked);
    if (!name) throw unknownSet(asked);
    const seed = integerOption(args, 'seed', 0, 2 ** 31 - 1)!;
    const progress = new Progress();
    const { buildDrawnSet } = await import('../../data/drawn/build.ts'); // sharp, which the help does without
    const set = await buildDrawnSet({ ...DRAWN_SETS[name], root, seed }, (done, total) =>
      progress.status(`drawing images ${done}/${total}`, done === total),
    );
    progress.line(
      `${set.built ? 'drew' : 'found'} ${set.trainImages} images of ${set.trainClasses} classes to train on and ` +
        `${set.evalImages} images of ${set.evalClasses} other classes (eval.csv) in ${root}`,
    );
    return ExitCode.done;
  },
};

function unknownSet(got: string) {
  const near = nearest(got, NAMES);
  return usageError({
    code: 'usage/bad-value',
    what: 'there is no such set of drawn images',
    expected: NAMES.join(', '),
    got,
    todo: near ? `did you mean ${near}?` : 'see: mdfe draw --help',
  });
}
