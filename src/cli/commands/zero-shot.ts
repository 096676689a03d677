import { basename, join } from 'node:path';
import { ExitCode, usageError } from '../../common/errors.ts';
import { findToken } from '../../drive/find-credentials.ts';
import { checkApi, type DriveConfig } from '../../drive/settings.ts';
import { jobOf } from '../../package/drive/pending.ts';
import { zeroShotModel } from '../../package/zero-shot.ts';
import type { Arguments, Command } from '../command.ts';
import { progressFor } from '../json-progress.ts';
import { loadConfig } from '../load-config.ts';
import { exitCodeOf, PACKAGE_OPTIONS, packageFor } from '../package-output.ts';
import { runUploads } from '../run-uploads.ts';

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
    'no-upload': { type: 'boolean', help: 'keep it here, whatever MODEL.cloud_upload says' },
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
    const written = await packageFor(args, async (dtype, hooks) => {
      const backboneWeights = args.string('backbone-weights');
      const model = await zeroShotModel(config, dtype, { backboneWeights, hooks });
      const dir = args.string('output') ?? join(config.MODEL.output_dir, 'zero_shot_models');
      // Several models share the folder; Kaggle's metadata have fixed names.
      return { model, name, configText: text, dir, kaggleDir: join(dir, `${name}-kaggle`) };
    });
    if (!written?.kaggle || !config.MODEL.cloud_upload || args.flag('no-upload')) return exitCodeOf(written);
    return uploadZeroShot(written.kaggle.zip, config.GOOGLE_DRIVE, args);
  },
};

/** MODEL.cloud_upload; the files stay here as well. */
async function uploadZeroShot(zip: string, drive: DriveConfig, args: Arguments): Promise<ExitCode> {
  checkApi(drive);
  const { token, where } = await findToken(drive, args.positionals[0]);
  if (token) {
    const { share } = token;
    const settings = {
      token,
      progress: progressFor(args),
      folderId: drive.folder_id,
      share,
      remove: false,
      replace: false,
    };
    return runUploads(zip, () => [jobOf(zip)], settings);
  }
  console.error(
    `warning: MODEL.cloud_upload is True, but nobody has signed in to Google Drive (${where} is not there): ` +
      `nothing was uploaded. Sign in with mdfe drive-login and then run mdfe upload ${zip}, or set it to False`,
  );
  return ExitCode.done;
}
