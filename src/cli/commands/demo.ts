import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { packageFile } from '../../common/dist.ts';
import { ExitCode } from '../../common/errors.ts';
import { randomRunId, runName } from '../../config/run-name.ts';
import type { Config } from '../../config/schema/index.ts';
import { buildDrawnSet } from '../../data/drawn/build.ts';
import { DRAWN_SETS } from '../../data/drawn/sets.ts';
import { type TensorToWrite, writeSafetensors } from '../../formats/safetensors.ts';
import type { Graph } from '../../graph/ops.ts';
import { randomWeights } from '../../graph/random-weights.ts';
import { buildBackbone } from '../../models/build.ts';
import type { Command } from '../command.ts';
import { demoScores } from '../demo-scores.ts';
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
    const set = await buildDrawnSet({ ...DRAWN_SETS.demo, root: dataDir, seed: 42 }, (done, total) =>
      progress.status(`drawing images ${done}/${total}`, done === total),
    );
    progress.line(
      `${set.built ? 'drew' : 'found'} ${set.trainImages} training images of ${set.trainClasses} classes ` +
        `(${DRAWN_SETS.demo.domains.join(', ')}) in ${dataDir}`,
    );
    const { config } = await loadConfig(configPath);
    const weights = await demoWeights(dir, config, progress);
    const name = runName(config, randomRunId(Math.random));
    const results = join(dir, 'results');
    const options: Record<string, string> = {
      name,
      'output-dir': results,
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
        `\nmMP@5 on ${set.evalClasses} classes that training never saw:\n\n${await demoScores(join(results, name), resolve(dataDir), config)}\n\n` +
          `open it:   code ${dir}    and then, from the palette, MDFE: Open Training Panel\n` +
          `again:     npx mdfe train ${relative('.', configPath)} ${dataDir} --backbone-weights ${weights} --cache-dir ${join(dir, 'cache')}`,
      );
    return code;
  },
};

/** No weights can be downloaded in a demonstration, so the backbone is a random projection: a fair, weak start. */
async function demoWeights(dir: string, config: Config, progress: Progress): Promise<string> {
  const { type, model_name, proj_layer } = config.MODEL.BACKBONE;
  const path = join(dir, `${model_name}-untrained.safetensors`);
  if (existsSync(path)) return path;
  await mkdir(dir, { recursive: true });
  const graph = buildBackbone({
    type,
    modelName: model_name,
    projLayer: proj_layer,
    imageSize: config.TRANSFORM.size,
  });
  await writeSafetensors(path, passingWeights(graph, config.SEED), { note: 'random weights, not trained' });
  progress.line(`wrote random backbone weights: ${path}`);
  return path;
}

/**
 * Random weights that let the image through: the published initialisation (layer scale 1e-5, deviation 0.02) gives
 * all images the same features up to rounding. Here each layer keeps the size of its input (He et al., 2015).
 */
function* passingWeights(graph: Graph, seed: number): Generator<readonly [string, TensorToWrite]> {
  for (const [name, tensor] of randomWeights(graph, seed)) {
    const { init } = graph.weights.get(name)!.attributes;
    const inputs = tensor.shape.slice(1).reduce((n, d) => n * d, 1);
    if (name.endsWith('.gamma')) yield [name, { ...tensor, data: () => tensor.data().fill(1) }];
    else if (init.kind === 'constant' || tensor.shape.length < 2 || !name.endsWith('.weight'))
      yield [name, tensor];
    else {
      const factor = 1 / (init.std * Math.sqrt(inputs));
      yield [name, { ...tensor, data: () => tensor.data().map((x) => x * factor) }];
    }
  }
}
