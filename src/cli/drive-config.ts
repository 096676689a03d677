import { defaultConfig } from '../config/schema/index.ts';
import { checkApi, type DriveConfig } from '../drive/settings.ts';
import type { Arguments, OptionSpec } from './command.ts';
import { loadConfig } from './load-config.ts';

/** Options of the commands that talk to Google Drive. */
export const DRIVE_OPTIONS = {
  config: { type: 'string', value: 'FILE', help: 'configuration whose section GOOGLE_DRIVE counts' },
  token: {
    type: 'string',
    value: 'FILE',
    help: 'where the sign-in is kept (default: GOOGLE_DRIVE.token_path)',
  },
} as const satisfies Record<string, OptionSpec>;

export interface DriveSource {
  readonly drive: DriveConfig;
  /** File that relative paths of the section may count from. */
  readonly configFile: string | undefined;
}

/** The section GOOGLE_DRIVE of --config, else of what `fallback` finds, else the defaults; options come first. */
export async function driveConfig(
  args: Arguments,
  fallback: () => DriveSource | undefined = () => undefined,
): Promise<DriveSource> {
  const file = args.string('config');
  const { drive, configFile } = file
    ? { drive: (await loadConfig(file)).config.GOOGLE_DRIVE, configFile: file }
    : (fallback() ?? { drive: defaultConfig.GOOGLE_DRIVE, configFile: undefined });
  checkApi(drive);
  const token = args.string('token');
  return { drive: token === undefined ? drive : { ...drive, token_path: token }, configFile };
}
