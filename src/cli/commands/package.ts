import { join } from 'node:path';
import { usageError } from '../../common/errors.ts';
import { type CheckpointChoice, modelOfRun } from '../../package/from-run.ts';
import type { Arguments, Command } from '../command.ts';
import { exitCodeOf, PACKAGE_OPTIONS, packageFor } from '../package-output.ts';

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
