import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { formatBytes } from '../../common/bytes.ts';
import { parsePercent, parseUser } from '../../package/kaggle/answers.ts';
import {
  KAGGLE_USER,
  type KagglePackage,
  nameKaggleUser,
  readKagglePackage,
} from '../../package/kaggle/kaggle-package.ts';
import { isPublished, publish } from '../../package/kaggle/publish.ts';
import { findKaggle, kaggleRunner } from '../../package/kaggle/run-kaggle.ts';
import { choose } from '../action.ts';
import type { Parts } from '../parts.ts';
import { readSettings } from '../settings.ts';
import { chooseNotebook } from './open-notebook.ts';
import { withProgress } from './run-with-progress.ts';

const TITLE = 'MDFE: Publish to Kaggle';
const INSTALL = 'pip install kaggle';

/** Uploads a package as a private data set and pushes its notebook, with Kaggle's official command line. */
export async function publishToKaggle(parts: Parts, named: unknown): Promise<void> {
  const notebook = await chooseNotebook(parts, named, TITLE);
  if (!notebook) return;
  const program = readSettings(vscode.Uri.file(notebook.file)).kagglePath ?? findKaggle();
  if (program === undefined) return tellHowToInstall();
  const pack = await withUser(await readKagglePackage(dirname(notebook.file)), program);
  if (!pack) return;
  const exists = await withProgress(`${TITLE}: looking for ${pack.dataset}`, ({ signal }) =>
    isPublished(runner(parts, program, signal), pack),
  );
  if (exists === undefined || !(await confirm(pack, exists))) return;
  const published = await withProgress(`MDFE: publishing ${pack.name} to Kaggle`, ({ onStatus, signal }) => {
    let doing = '';
    const say = (text: string) => {
      doing = text;
      onStatus(text);
    };
    const kaggle = runner(parts, program, signal, (percent) => onStatus(`${doing}: ${percent} %`));
    return publish(kaggle, pack, exists, { onStatus: say, signal });
  });
  if (!published) return;
  const open = (title: string, url: string) => ({
    title,
    run: () => vscode.env.openExternal(vscode.Uri.parse(url, true)),
  });
  const what = published.newVersion ? 'a new version of the data set' : 'the data set';
  await choose(
    published.warnings.length > 0 ? vscode.window.showWarningMessage : vscode.window.showInformationMessage,
    [
      `${pack.name}: ${what} ${pack.dataset} is on Kaggle, and its notebook runs there.`,
      ...published.warnings,
    ].join(' '),
    [open('Open Notebook on Kaggle', published.notebookUrl), open('Open Data Set', published.datasetUrl)],
  );
}

/** Everything that the command line says goes into the log. */
function runner(
  { log }: Parts,
  program: string,
  signal: AbortSignal,
  onPercent?: (percent: number) => void,
): ReturnType<typeof kaggleRunner> {
  const onOutput = (text: string) => {
    const percent = parsePercent(text);
    if (percent !== undefined) onPercent?.(percent);
  };
  const run = kaggleRunner(program, { signal, onOutput });
  return async (args) => {
    log.info(`run: ${[program, ...args].join(' ')}`);
    const answer = await run(args);
    log.info(`kaggle ended with ${answer.exitCode}: ${answer.output.trim()}`);
    return answer;
  };
}

/** The package with the account's name in its metadata; asks for it where nothing tells. */
async function withUser(pack: KagglePackage, program: string): Promise<KagglePackage | undefined> {
  if (pack.user !== undefined) return pack;
  const known = parseUser(await kaggleRunner(program, {})(['config', 'view']));
  const user =
    known ??
    (await vscode.window.showInputBox({
      title: TITLE,
      prompt:
        'Your user name on Kaggle, as in the address of your profile. It goes into the metadata of the package.',
      ignoreFocusOut: true,
      validateInput: (text) =>
        KAGGLE_USER.test(text.trim()) ? undefined : 'letters, digits, hyphens and underscores',
    }));
  return user === undefined ? undefined : nameKaggleUser(pack.kernelDir, user.trim());
}

async function confirm(pack: KagglePackage, exists: boolean): Promise<boolean> {
  const { name, bytes, dataset, kernel } = pack;
  const how = exists ? 'as a new version of the data set' : 'as a new, private data set';
  const button = 'Publish';
  const chosen = await vscode.window.showWarningMessage(
    `Publish ${name} to Kaggle?`,
    {
      modal: true,
      detail:
        `${name}.zip (${formatBytes(bytes)}: the model and its configuration) goes to Kaggle ${how} ${dataset}. ` +
        `The notebook ${kernel} goes there too, private, and Kaggle runs it.`,
    },
    button,
  );
  return chosen === button;
}

async function tellHowToInstall(): Promise<void> {
  await choose(
    vscode.window.showErrorMessage,
    `Kaggle's official command line is not on the path. Install it with "${INSTALL}", or show where it is; ` +
      'docs/kaggle.md tells how to publish by hand.',
    [
      { title: 'Copy Install Command', run: () => vscode.env.clipboard.writeText(INSTALL) },
      { title: 'Choose Program', run: chooseProgram },
    ],
  );
}

async function chooseProgram(): Promise<void> {
  const chosen = await vscode.window.showOpenDialog({ title: 'MDFE: kaggle', openLabel: 'Use as kaggle' });
  if (!chosen?.[0]) return;
  const settings = vscode.workspace.getConfiguration('mdfe');
  await settings.update('kagglePath', chosen[0].fsPath, vscode.ConfigurationTarget.Global);
}
