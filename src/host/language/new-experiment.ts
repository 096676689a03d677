import * as vscode from 'vscode';
import type { LanguageClient } from './client.ts';
import type { Choice, ExperimentRequest, Folders } from './protocol.ts';

/** Asks for task, backbone, data and head, writes a commented configuration into configs/ and opens it. */
export async function createExperiment(
  client: LanguageClient,
  foldersOf: (resource: vscode.Uri) => Folders,
): Promise<void> {
  const workspace = await chooseWorkspace();
  if (!workspace) return;
  const folders = foldersOf(vscode.Uri.joinPath(workspace.uri, 'configs'));
  const choices = await client.ask('choices', { folders });
  const task = await pick('Task', choices.tasks);
  if (!task) return;
  const type = await pick('Family of the backbone', choices.types);
  const model = type && (await pick(`Backbone of type ${type.name}`, type.models));
  if (!type || !model) return;
  const tag = await chooseTag(model.name, model.tags, model.defaultTag);
  if (tag === 'cancelled') return;
  const trains = task.name !== 'zero-shot';
  // Asked again: the data folder was looked through while the user chose.
  const found = trains ? (await client.ask('choices', { folders })).datasets : [];
  const datasets = trains ? await pickSeveral('Data sets', found) : [];
  if (!datasets) return;
  const head = trains ? await pick('Head', choices.heads) : choices.heads[0];
  if (!head) return;
  const folder = vscode.Uri.joinPath(workspace.uri, 'configs');
  const name = await chooseName(folder, suggestedName(task.name, model.name, datasets));
  if (name === undefined) return;
  const request: ExperimentRequest = {
    name,
    task: task.name,
    type: type.name,
    model: model.name,
    ...(tag !== undefined && { tag }),
    datasets: datasets.map((set) => set.name),
    head: head.name,
  };
  const file = vscode.Uri.joinPath(folder, `${name}.yaml`);
  await vscode.workspace.fs.createDirectory(folder);
  await vscode.workspace.fs.writeFile(
    file,
    new TextEncoder().encode(await client.ask('experiment', request)),
  );
  await vscode.window.showTextDocument(file, { preview: false });
}

const TITLE = 'MDFE: New Experiment';

/** Asked for only where there are several. */
async function chooseWorkspace(): Promise<vscode.WorkspaceFolder | undefined> {
  const [first, ...others] = vscode.workspace.workspaceFolders ?? [];
  if (!first)
    void vscode.window.showErrorMessage(
      'MDFE: open a folder first; the configuration goes into its configs/.',
    );
  if (others.length === 0) return first;
  return vscode.window.showWorkspaceFolderPick({
    placeHolder: 'Folder whose configs/ gets the configuration',
  });
}

async function pick<C extends Choice>(placeHolder: string, choices: readonly C[]): Promise<C | undefined> {
  const items = choices.map((choice) => ({ label: choice.name, detail: choice.description, choice }));
  const options = { title: TITLE, placeHolder, matchOnDetail: true };
  return (await vscode.window.showQuickPick(items, options))?.choice;
}

/** At least one; undefined where it was cancelled. */
async function pickSeveral(placeHolder: string, choices: readonly Choice[]): Promise<Choice[] | undefined> {
  const items = choices.map((choice) => ({ label: choice.name, description: choice.description, choice }));
  const options = { title: TITLE, matchOnDescription: true, canPickMany: true } as const;
  let chosen = await vscode.window.showQuickPick(items, { ...options, placeHolder });
  while (chosen?.length === 0)
    chosen = await vscode.window.showQuickPick(items, {
      ...options,
      placeHolder: `${placeHolder}: mark at least one, with a click, or arrow keys and space bar`,
    });
  return chosen?.map((item) => item.choice);
}

/** Asked for only where there is a choice. Undefined: there are no published weights, or one tag alone. */
async function chooseTag(
  model: string,
  tags: readonly string[],
  defaultTag: string | undefined,
): Promise<string | undefined | 'cancelled'> {
  if (tags.length < 2) return tags[0];
  const sorted = tags.toSorted((a, b) => Number(b === defaultTag) - Number(a === defaultTag));
  const choices = sorted.map((name) => ({ name, description: name === defaultTag ? 'default' : '' }));
  return (await pick(`Weights of ${model}`, choices))?.name ?? 'cancelled';
}

async function chooseName(folder: vscode.Uri, wanted: string): Promise<string | undefined> {
  const exists = (name: string) =>
    vscode.workspace.fs.stat(vscode.Uri.joinPath(folder, `${name}.yaml`)).then(
      () => true,
      () => false,
    );
  let suggested = wanted;
  for (let i = 2; await exists(suggested); i++) suggested = `${wanted}-${i}`;
  return vscode.window.showInputBox({
    title: TITLE,
    prompt: 'Name of the file in configs/, without .yaml',
    value: suggested,
    validateInput: async (value) => {
      if (!/^[\w.-]+$/.test(value)) return 'letters, digits, dots, dashes and underscores';
      return (await exists(value)) ? `configs/${value}.yaml exists already` : undefined;
    },
  });
}

function suggestedName(task: string, model: string, datasets: readonly Choice[]): string {
  const data = datasets.map((set) => set.name).join('-');
  return [task, model, data]
    .filter(Boolean)
    .join('-')
    .replace(/[^\w.-]/g, '-');
}
