import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { formatBytes } from '../../common/bytes.ts';
import { ExitCode, usageError } from '../../common/errors.ts';
import { writeBackboneFolder } from '../../package/backbone-folder.ts';
import { type CheckpointChoice, modelOfRun, openRun } from '../../package/from-run.ts';
import { MODEL_FORMATS } from '../../package/model-file.ts';
import { choiceOption } from '../args.ts';
import type { Arguments, Command } from '../command.ts';
import { progressFor } from '../json-progress.ts';
import { exitCodeOf, PACKAGE_OPTIONS, packageFor } from '../package-output.ts';
import { untilStopped } from '../stop-signals.ts';

export const packageModel: Command = {
  name: 'package',
  summary: 'Package a run as one file that PyTorch or ONNX Runtime loads, with a notebook for Kaggle',
  positionals: 'RUN',
  options: {
    epoch: {
      type: 'string',
      value: 'N|best|last',
      help: 'which checkpoint (default: the best, else the last)',
    },
    output: {
      type: 'string',
      value: 'DIR',
      help: 'where the package goes (default: RUN/packages/epochN)',
    },
    ...PACKAGE_OPTIONS,
    format: {
      ...PACKAGE_OPTIONS.format,
      value: 'pt|onnx|backbone',
      help: 'TorchScript with what Kaggle needs, ONNX, or a folder with the fine-tuned backbone alone, for model_name: local-dir:DIR',
    },
  },
  async run(args) {
    const dir = args.positionals[0]!;
    const choice = readEpoch(args);
    if (choiceOption(args, 'format', [...MODEL_FORMATS, 'backbone']) === 'backbone')
      return packageBackbone(args, dir, choice);
    const written = await packageFor(args, async (dtype, hooks) => {
      const backboneWeights = args.string('backbone-weights');
      const { model, name, label, configText } = await modelOfRun(dir, choice, dtype, {
        backboneWeights,
        hooks,
      });
      const output = args.string('output') ?? join(dir, 'packages', label);
      return { model, name, configText, dir: output, kaggleDir: output };
    });
    return exitCodeOf(written);
  },
};

async function packageBackbone(args: Arguments, runDir: string, choice: CheckpointChoice): Promise<ExitCode> {
  const progress = progressFor(args);
  return untilStopped('stopping', progress, async (signal) => {
    const run = await openRun(runDir, choice, {
      backboneWeights: args.string('backbone-weights'),
      hooks: { onStatus: (text) => progress.status(text), signal },
    });
    const dir = args.string('output') ?? join(runDir, 'packages', run.label, 'backbone');
    const dtype = args.flag('half') ? 'F16' : 'F32';
    const written = await writeBackboneFolder(run, { dir, dtype, force: args.flag('force') });
    progress.clear();
    if (args.flag('json')) console.log(JSON.stringify(written, null, 2));
    else {
      const { size } = await stat(written.weights);
      const parameters = written.parameters.toLocaleString('en');
      console.log(`backbone:  ${dir}  (${formatBytes(size)}, ${parameters} parameters)`);
      console.log(`use it:    MODEL.BACKBONE.model_name: "local-dir:${dir}"`);
    }
    return ExitCode.done;
  });
}

function readEpoch(args: Arguments): CheckpointChoice {
  const text = args.string('epoch');
  if (text === undefined || text === 'best' || text === 'last') return text;
  const epoch = Number(text);
  if (Number.isInteger(epoch) && epoch >= 0) return epoch;
  throw usageError({
    code: 'usage/bad-value',
    what: '--epoch has no usable value',
    expected: 'a whole number, best or last',
    got: text,
  });
}
