import { basename, join } from 'node:path';
import { ExitCode, usageError } from '../../common/errors.ts';
import { writePackage } from '../../package/bundle.ts';
import { MODEL_FORMATS } from '../../package/model-file.ts';
import { zeroShotModel } from '../../package/zero-shot.ts';
import { choiceOption } from '../args.ts';
import type { Command } from '../command.ts';
import { loadConfig } from '../load-config.ts';
import { PACKAGE_OPTIONS, summarisePackage } from '../package-output.ts';
import { Progress } from '../progress.ts';

export const zeroShot: Command = {
  name: 'zero-shot',
  summary: 'Package the published backbone with an untrained neck: the baseline of every training',
  positionals: 'CONFIG',
  options: {
    output: {
      type: 'string',
      value: 'DIR',
      help: 'where the package goes (default: MODEL.output_dir/zero_shot_models)',
    },
    ...PACKAGE_OPTIONS,
  },
  async run(args) {
    const { config, text } = await loadConfig(args.positionals[0]!);
    const { name } = config.MODEL;
    if (name === '' || name !== basename(name) || name === '..' || name === '.')
      throw usageError({
        code: 'usage/model-name',
        what: 'MODEL.name cannot be the name of a file',
        where: 'MODEL.name',
        got: JSON.stringify(name),
        todo: 'choose a name without slashes',
      });
    const format = choiceOption(args, 'format', MODEL_FORMATS)!;
    const progress = new Progress();
    const onStatus = (line: string) => progress.status(line);
    try {
      const model = await zeroShotModel(config, args.flag('half') ? 'F16' : 'F32', {
        backboneWeights: args.string('backbone-weights'),
        hooks: { onStatus },
      });
      const dir = args.string('output') ?? join(config.MODEL.output_dir, 'zero_shot_models');
      const written = await writePackage({
        model,
        name,
        configText: text,
        format,
        dir,
        // Several models share the folder; Kaggle's metadata have fixed names.
        kaggleDir: join(dir, `${name}-kaggle`),
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
