import * as vscode from 'vscode';
import { onDidChooseDataFolder } from '../data-folder.ts';
import { SignInState } from '../drive/sign-in-state.ts';
import { registerExperimentEditor } from '../experiment-editor/index.ts';
import { LanguageClient } from './client.ts';
import { registerLanguageCommands } from './commands.ts';
import { Diagnostics } from './diagnostics.ts';
import { foldersOf } from './documents.ts';
import { registerProviders } from './providers.ts';
import { SchemaSupport } from './schema-support.ts';
import { VirtualDocuments } from './virtual-documents.ts';

/** Language features of configurations. The worker starts when the first one is open. */
export function registerLanguage(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const { extensionUri, extension, workspaceState } = context;
  const dist = (name: string) => vscode.Uri.joinPath(extensionUri, 'dist', name);
  const hints = new vscode.EventEmitter<void>();
  const client = new LanguageClient(
    dist('language.worker.mjs').fsPath,
    log,
    (document) => ({
      ...foldersOf(document.uri, workspaceState),
      driveSignIn: signIn.signedIn,
    }),
    (uri) => {
      diagnostics.refresh(uri);
      hints.fire();
    },
  );
  const support = new SchemaSupport(dist('mdfe.schema.json'), log);
  const diagnostics = new Diagnostics(client, support, log);
  const refresh = () => {
    diagnostics.refresh();
    hints.fire();
  };
  const signIn = new SignInState(context.secrets, refresh, (error) =>
    log.error(`sign-in to Google Drive: ${String(error)}`),
  );
  return vscode.Disposable.from(
    signIn,
    hints,
    client,
    support,
    diagnostics,
    new VirtualDocuments(client),
    registerProviders(client, support, ownCommands(extension), { hints: hints.event }),
    registerExperimentEditor({
      context,
      client,
      log,
      schemaFile: dist('mdfe.schema.json'),
      factsChanged: hints.event,
    }),
    registerLanguageCommands(client, (resource) => foldersOf(resource, workspaceState)),
    onDidChooseDataFolder(refresh),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('mdfe')) refresh();
    }),
  );
}

/** Commands that the manifest declares. */
function ownCommands({ packageJSON }: vscode.Extension<unknown>): ReadonlySet<string> {
  const { contributes } = packageJSON as { contributes: { commands: readonly { command: string }[] } };
  return new Set(contributes.commands.map(({ command }) => command));
}
