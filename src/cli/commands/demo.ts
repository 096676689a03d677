import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { packageFile } from '../../common/dist.ts';
import { ExitCode } from '../../common/errors.ts';
import type { Config } from '../../config/schema/index.ts';
import { buildDrawnSet } from '../../data/drawn/build.ts';
import { writeSafetensors } from '../../formats/safetensors.ts';
import { randomWeights } from '../../graph/random-weights.ts';
import { buildBackbone } from '../../models/build.ts';
import type { Command } from '../command.ts';
import { loadConfig } from '../load-config.ts';
import { Progress } from '../progress.ts';
import { train } from './train.ts';

const DOMAINS = ['food', 'animals', 'landmarks', 'flags'];
const CLASSES_PER_DOMAIN = 60;
const SIDE = 128; // pixels

export const demo: Command = {
  name: 'demo',
  summary: 'Build a small real image set and train on it, offline, in minutes',
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
    const set = await buildDrawnSet(
      {
        root: dataDir,
        domains: DOMAINS,
        classesPerDomain: CLASSES_PER_DOMAIN,
        minImages: 5,
        side: SIDE,
        seed: 42,
      },
      (done, total) => progress.status(`drawing images ${done}/${total}`, done === total),
    );
    progress.line(
      `${set.built ? 'drew' : 'found'} ${set.trainImages} training images of ${set.trainClasses} classes ` +
        `(${DOMAINS.join(', ')}) in ${dataDir}`,
    );
    const { config } = await loadConfig(configPath);
    const weights = await demoWeights(dir, config, progress);
    const options: Record<string, string> = {
      'output-dir': join(dir, 'results'),
      'cache-dir': join(dir, 'cache'),
      'backbone-weights': weights,
      device: args.string('device')!,
    };
    const code = await train.run({
      positionals: [configPath, dataDir],
      string: (name) => options[name],
      flag: () => false,
    });
    if (code === ExitCode.done)
      console.log(
        `open it:   code . and then, from the palette, MDFE: Open Training Panel\n` +
          `again:     npx mdfe train ${relative('.', configPath)} ${dataDir} --backbone-weights ${weights} --cache-dir ${join(dir, 'cache')}`,
      );
    return code;
  },
};

/** No weights can be downloaded in a demonstration, so the backbone is a random projection: a fair, weak start. */
async function demoWeights(dir: string, config: Config, progress: Progress): Promise<string> {
  const { type, model_name, proj_layer } = config.MODEL.BACKBONE;
  const path = join(dir, `${model_name}-random.safetensors`);
  if (existsSync(path)) return path;
  await mkdir(dir, { recursive: true });
  const graph = buildBackbone({
    type,
    modelName: model_name,
    projLayer: proj_layer,
    imageSize: config.TRANSFORM.size,
  });
  await writeSafetensors(path, randomWeights(graph, config.SEED), { note: 'random weights, not trained' });
  progress.line(`wrote random backbone weights: ${path}`);
  return path;
}
