import { createInterface } from 'node:readline/promises';
import { ExitCode } from '../../common/errors.ts';
import { DriveApi } from '../../drive/api.ts';
import { openBrowser } from '../../drive/browser.ts';
import { type OAuthClient, readClientSecret } from '../../drive/client-secret.ts';
import { createFolder } from '../../drive/files.ts';
import { locateCredentials } from '../../drive/find-credentials.ts';
import { FULL_SCOPE, OWN_FILES_SCOPE } from '../../drive/scopes.ts';
import { signIn } from '../../drive/sign-in.ts';
import { type DriveToken, tokenFile, writeToken } from '../../drive/token.ts';
import { postWith } from '../../drive/token-server.ts';
import { HttpClient } from '../../net/http.ts';
import { choiceOption } from '../args.ts';
import type { Arguments, Command } from '../command.ts';
import { DRIVE_OPTIONS, type DriveSource, driveConfig } from '../drive-config.ts';
import { unlessStopped } from '../stop-signals.ts';

const SCOPES = { full: FULL_SCOPE, 'own-files': OWN_FILES_SCOPE } as const;

export const driveLogin: Command = {
  name: 'drive-login',
  summary: 'Sign in to Google Drive, so that checkpoints can be uploaded',
  positionals: '',
  options: {
    ...DRIVE_OPTIONS,
    'client-secret': {
      type: 'string',
      value: 'FILE',
      help: 'OAuth client of type desktop (default: GOOGLE_DRIVE.client_secret_path)',
    },
    scope: {
      type: 'string',
      value: 'full|own-files',
      help: 'the whole Drive, or only what MDFE makes (default: GOOGLE_DRIVE.scope)',
    },
    private: { type: 'boolean', help: 'do not let everyone who has the link of an upload read it' },
    folder: { type: 'string', value: 'NAME', help: 'make this folder in the Drive and print its id' },
    'no-browser': { type: 'boolean', help: 'only print the address; paste the one that the browser ends at' },
  },
  async run(args) {
    const source = await driveConfig(args);
    const { drive, configFile } = source;
    const client = await readClientSecret(
      args.string('client-secret') ?? locateCredentials(drive.client_secret_path, configFile),
    );
    const done = await unlessStopped(
      () => console.error('\nsigning in was stopped'),
      (signal) => signInTo(source, client, args, signal),
    );
    return done ?? ExitCode.stopped;
  },
};

async function signInTo(
  { drive, configFile }: DriveSource,
  client: OAuthClient,
  args: Arguments,
  signal: AbortSignal,
): Promise<ExitCode> {
  const scope = choiceOption(args, 'scope', ['full', 'own-files']);
  const paste = new AbortController();
  const http = await HttpClient.open({ signal });
  try {
    const token = await signIn({
      client,
      scopes: scope ? [SCOPES[scope]] : drive.scope,
      post: postWith(http),
      share: !args.flag('private'),
      openBrowser: (url) => show(url, args),
      pasted: process.stdin.isTTY ? (check) => readPasted(check, paste.signal) : undefined,
      signal,
    });
    const path = args.string('token') ?? locateCredentials(tokenFile(drive.token_path), configFile);
    await writeToken(path, token);
    console.log(`signed in; kept in ${path}, readable for you alone`);
    console.log(
      token.share
        ? 'uploads will be readable for everyone who has their link, as the Kaggle notebook needs; sign in with --private to change that'
        : 'uploads stay private',
    );
    const folder = args.string('folder');
    if (folder !== undefined) await makeFolder(token, folder, signal);
    return ExitCode.done;
  } finally {
    paste.abort();
    await http.close();
  }
}

async function makeFolder(token: DriveToken, name: string, signal: AbortSignal): Promise<void> {
  const api = await DriveApi.open(token, { signal });
  try {
    console.log(`folder ${name}: GOOGLE_DRIVE.folder_id is ${(await createFolder(api, name)).id}`);
  } finally {
    await api.close();
  }
}

async function show(url: string, args: Arguments): Promise<void> {
  const opened = !args.flag('no-browser') && (await openBrowser(url));
  console.error(`${opened ? 'a browser opens; if not, go to' : 'go to'}\n\n  ${url}\n`);
  if (process.stdin.isTTY)
    console.error(
      'If that browser runs on another machine, it ends at a page of 127.0.0.1 that cannot be shown:\n' +
        'copy the address of that page and paste it here.',
    );
}

async function readPasted(check: (text: string) => string | undefined, signal: AbortSignal): Promise<void> {
  const lines = createInterface({ input: process.stdin, signal });
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const problem = check(line);
    if (problem === undefined) break;
    console.error(problem);
  }
  lines.close();
}
