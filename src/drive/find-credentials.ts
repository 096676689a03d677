import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { DriveConfig } from './settings.ts';
import { type DriveToken, parseToken, readToken, tokenFile } from './token.ts';

/** Variable in which the editor hands its sign-in to the processes that it starts. */
export const TOKEN_VARIABLE = 'MDFE_DRIVE_TOKEN';

/**
 * A path of the section GOOGLE_DRIVE: relative ones count from the working folder, else from the configuration's
 * folder, else from the folder above that one (configurations lie in `configs/`).
 */
export function locateCredentials(path: string, configFile?: string): string {
  const folders = configFile ? [dirname(resolve(configFile)), dirname(dirname(resolve(configFile)))] : [];
  const places = [resolve(path), ...folders.map((folder) => resolve(folder, path))];
  return places.find((place) => existsSync(place)) ?? places[0]!;
}

export interface FoundToken {
  /** Undefined: nobody has signed in. */
  readonly token: DriveToken | undefined;
  /** Where it is, or would be. */
  readonly where: string;
}

/** The editor's sign-in, else the token file's. */
export async function findToken(
  config: DriveConfig,
  configFile?: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<FoundToken> {
  const handed = env[TOKEN_VARIABLE];
  if (handed) return { token: parseToken(handed, TOKEN_VARIABLE), where: TOKEN_VARIABLE };
  const where = locateCredentials(tokenFile(config.token_path), configFile);
  return { token: await readToken(where), where };
}
