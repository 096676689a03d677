import { join } from 'node:path';
import { ExitCode, usageError } from '../../common/errors.ts';
import { writePackage } from '../../package/bundle.ts';
import { type CheckpointChoice, modelOfRun } from '../../package/from-run.ts';
import { MODEL_FORMATS } from '../../package/model-file.ts';
import { choiceOption } from '../args.ts';
import type { Arguments, Command } from '../command.ts';
import { PACKAGE_OPTIONS, summarisePackage } from '../package-output.ts';
import { Progress } from '../progress.ts';

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
  },
  async run(args) {
    const dir = args.positionals[0]!;
    const choice = readEpoch(args);
    const format = choiceOption(args, 'format', MODEL_FORMATS)!;
    const progress = new Progress();
    const onStatus = (text: string) => progress.status(text);
    try {
      const { model, name, label, configText } = await modelOfRun(
        dir,
        choice,
        args.flag('half') ? 'F16' : 'F32',
        {
          backboneWeights: args.string('backbone-weights'),
          hooks: { onStatus },
        },
      );
      const output = args.string('output') ?? join(dir, 'packages', label);
      const written = await writePackage({
        model,
        name,
        configText,
        format,
        dir: output,
        kaggleDir: output,
        force: args.flag('force'),
        driveUrl: args.string('drive-url'),
        onStatus,
      });
      progress.clear();
      summarisePackage(written);
      return ExitCode.done;
    } finally {
      progress.clear();
    }
  },
};

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
