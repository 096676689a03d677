import { at, type Check } from './check.ts';

const UPLOAD = 'MODEL.cloud_upload';

/** An upload that the file asks for, where nobody has signed in or can. */
export const driveCredentials: Check = (input) => {
  const { MODEL, GOOGLE_DRIVE } = input.effective;
  if (!MODEL.cloud_upload || !input.has(UPLOAD)) return [];
  const { client_secret_path } = GOOGLE_DRIVE;
  if (input.machine?.driveSignIn || input.machine?.files?.get(client_secret_path) !== false) return [];
  return [
    at(
      input,
      UPLOAD,
      'config/no-credentials',
      `checkpoints are to be uploaded to Google Drive, but nobody has signed in, and ${client_secret_path} is not there to do so`,
      { expected: 'the OAuth client file of GOOGLE_DRIVE.client_secret_path, or False', suggestion: 'False' },
    ),
  ];
};
