import { join, relative, resolve } from 'node:path';
import { counted } from '../../common/counted.ts';
import { packageFile } from '../../common/dist.ts';
import { ExitCode } from '../../common/errors.ts';
import { randomRunId, runName } from '../../config/run-name.ts';
import { DRAWN_SETS } from '../../data/drawn/sets.ts';
import type { Command } from '../command.ts';
import { loadConfig } from '../load-config.ts';
import { Progress } from '../progress.ts';
import { train } from './train.ts';

export const demo: Command = {
  name: 'demo',
  summary: 'Build a small real image set, train on it and score it, offline, in minutes',
  positionals: '',
  options: {
    dir: { type: 'string', value: 'DIR', help: 'where images, weights and runs go', default: 'demo' },
    device: { type: 'string', value: 'DEVICE', help: 'as for mdfe train', default: 'auto' },
  },
  async run(args) {
    const dir = args.string('dir')!;
    const dataDir = join(dir, 'data');
    const configPath = packageFile('configs/demo.yaml');
    const progress = new Progress();
    const { buildDrawnSet } = await import('../../data/drawn/build.ts'); // sharp, which the help does without
    const set = await buildDrawnSet({ ...DRAWN_SETS.demo, root: dataDir, seed: 42 }, (done, total) =>
      progress.status(`drawing images ${done}/${total}`, done === total),
    );
    progress.line(
      `${set.built ? 'drew' : 'found'} ${set.trainImages} training images of ${set.trainClasses} classes ` +
        `(${DRAWN_SETS.demo.domains.join(', ')}) in ${dataDir}`,
    );
    const { config } = await loadConfig(configPath);
    const name = runName(config, randomRunId(Math.random));
    const results = join(dir, 'results');
    const options: Record<string, string> = {
      name,
      'output-dir': results,
      'cache-dir': join(dir, 'cache'),
      device: args.string('device')!,
    };
    const code = await train.run({
      positionals: [configPath, dataDir],
      string: (name) => options[name],
      flag: () => false,
    });
    if (code === ExitCode.done) {
      const run = join(results, name);
      const { demoScores } = await import('../demo-scores.ts');
      console.log(
        `\n${counted(set.evalClasses, 'class')} that no training saw, after the last epoch:\n\n` +
          `${await demoScores(run, resolve(dataDir), config)}\n\n${nextSteps(dir, run)}`,
      );
    }
    return code;
  },
};

function nextSteps(dir: string, run: string): string {
  const sweep = relative('.', packageFile('configs/sweep-demo.yaml'));
  return [
    `open it:   code ${dir}    and then, from the palette, MDFE: Open Training Panel`,
    'next:',
    `  npx mdfe evaluate ${run} ${join(dir, 'data')}`,
    `  npx mdfe sweep ${sweep} ${join(dir, 'data')} --cache-dir ${join(dir, 'cache')}`,
    `  npx mdfe package ${run}`,
  ].join('\n');
}
