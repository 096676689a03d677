import { SWEEP_METHODS } from '../names.ts';
import { axes, choice, int, section } from './field.ts';

/** Most runs of one sweep. */
export const MAX_SWEEP_RUNS = 10_000;

export const sweepSection = section(
  {
    method: choice(
      'grid',
      SWEEP_METHODS,
      {
        grid: 'every combination of the values, the last key fastest',
        random: 'combinations drawn at random, none twice (Bergstra and Bengio, JMLR 13, 2012)',
      },
      {
        description: 'How the values of the swept keys are combined.',
        source: 'sweep',
        aliases: ['strategy', 'search', 'type', 'sampler'],
      },
    ),
    runs: int(0, {
      min: 0,
      max: MAX_SWEEP_RUNS,
      description: 'Number of random draws, or the most runs of a grid; 0: all combinations.',
      details: 'More draws with the same seed begin with the same runs.',
      unit: 'runs',
      source: 'sweep',
      aliases: ['count', 'n_trials', 'num_runs', 'run_cap', 'trials'],
    }),
    seed: int(42, {
      min: 0,
      max: 4_294_967_295,
      description: 'Seed of the random draws.',
      details: 'The same seed, keys and values give the same runs.',
      source: 'sweep',
      usedWhen: { key: 'SWEEP.method', is: ['random'] },
    }),
    keys: axes({
      description: 'The keys to vary, by path, each with a list of values or a range of a number.',
      details:
        'A range is `{min: 1e-3, max: 1e-1, scale: log, steps: 5}`: `scale` is `linear` (default) or `log`; `steps` evenly spaced values, `min` and `max` included. Without `steps` a random sweep draws any value between, and a whole number takes every value.',
      source: 'sweep: each run replaces the values that stand elsewhere in the file',
      aliases: ['parameters', 'params', 'space', 'search_space'],
    }),
  },
  {
    description: 'Runs that differ in some keys, trained one after another on one feature store.',
    details:
      '`mdfe sweep` and **MDFE: Train Sweep** train them and rank them by `EVAL.best_metric`, or by training loss where nothing is held out. `mdfe train` trains the file as a single run without this section.',
    extension: true,
  },
);
