import { section, strs, text } from './field.ts';

const usedWhen = { key: 'MODEL.cloud_upload', is: [true] } as const;

export const googleDriveSection = section(
  {
    api_name: text('drive', {
      filled: true,
      description: "Name of Google's API.",
      source: 'Google Drive upload',
      usedWhen,
    }),
    api_version: text('v3', {
      filled: true,
      description: "Version of Google's API.",
      source: 'Google Drive upload',
      usedWhen,
    }),
    scope: strs(['https://www.googleapis.com/auth/drive'], {
      filled: true,
      description: 'Permissions asked for at the sign-in.',
      details:
        '`https://www.googleapis.com/auth/drive.file` suffices for files that MDFE makes, but cannot see a folder that you made.',
      source: 'Google Drive sign-in',
      usedWhen,
      aliases: ['scopes'],
    }),
    folder_id: text('', {
      description: 'Drive folder to upload into: the last part of its address; empty for the top folder.',
      source: 'Google Drive upload',
      usedWhen,
      aliases: ['folder'],
    }),
    client_secret_path: text('credentials/client_secret.json', {
      description: 'OAuth client of type desktop, as downloaded from the Google Cloud console.',
      source: 'Google Drive sign-in',
      usedWhen,
      aliases: ['client_secret'],
    }),
    token_path: text('credentials/token_drive_v3.pickle', {
      description: 'Where the command line keeps its sign-in, beside this path as a JSON file.',
      source: 'Google Drive sign-in',
      usedWhen,
      aliases: ['token'],
    }),
  },
  { description: 'Upload of packaged checkpoints to Google Drive.' },
);
