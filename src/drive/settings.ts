import { usageError } from '../common/errors.ts';

/** What a configuration says about Google Drive (its section GOOGLE_DRIVE). */
export interface DriveConfig {
  readonly api_name: string;
  readonly api_version: string;
  readonly scope: readonly string[];
  readonly folder_id: string;
  readonly client_secret_path: string;
  readonly token_path: string;
}

/** Where Google's Drive API is; MDFE_DRIVE_API names another place, for tests. */
export function driveEndpoint(env: NodeJS.ProcessEnv = process.env): string {
  return (env.MDFE_DRIVE_API || 'https://www.googleapis.com').replace(/\/+$/, '');
}

/** The resumable protocol is that of one version of one API. */
export function checkApi({ api_name, api_version }: DriveConfig): void {
  if (api_name === 'drive' && api_version === 'v3') return;
  throw usageError({
    code: 'drive/api',
    what: 'uploads speak version v3 of the API drive and no other',
    where: 'GOOGLE_DRIVE.api_name, GOOGLE_DRIVE.api_version',
    expected: 'drive and v3',
    got: `${api_name} and ${api_version}`,
  });
}
