import * as vscode from 'vscode';
import type { Coverage } from '../../language/context.ts';
import { isConfig } from './documents.ts';

const REDHAT = 'redhat.vscode-yaml';
const NAME = 'mdfe';
const SCHEMA = 'mdfe://schema/config';

/** What we use of that extension. */
interface YamlApi {
  registerContributor(
    name: string,
    requestSchema: (resource: string) => string | undefined,
    requestContent: (uri: string) => Promise<string>,
  ): boolean;
}

/**
 * Whether Red Hat's YAML extension is there. Then it reads our schema (`yamlValidation` in the manifest for configs/,
 * a contributor for other files) and our answers leave out what the schema says, so that nothing appears twice.
 */
export class SchemaSupport implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Coverage>();
  readonly onDidChange = this.changed.event;
  private readonly watch: vscode.Disposable;
  private readonly schemaFile: vscode.Uri;
  private readonly log: vscode.LogOutputChannel;
  private other = false;

  constructor(schemaFile: vscode.Uri, log: vscode.LogOutputChannel) {
    this.schemaFile = schemaFile;
    this.log = log;
    this.watch = vscode.extensions.onDidChange(() => this.update());
    this.update();
  }

  get coverage(): Coverage {
    return this.other ? 'semantic' : 'all';
  }

  dispose(): void {
    this.watch.dispose();
    this.changed.dispose();
  }

  private update(): void {
    const extension = vscode.extensions.getExtension<YamlApi>(REDHAT);
    const now = extension !== undefined;
    if (now === this.other) return;
    this.other = now;
    this.log.info(now ? `${REDHAT} takes over what the schema says` : `${REDHAT} is not there`);
    if (extension)
      extension.activate().then(
        (api) => this.contribute(api),
        (error: unknown) => this.log.warn(`${REDHAT} does not start: ${String(error)}`),
      );
    this.changed.fire(this.coverage);
  }

  /** The manifest covers configs/; files elsewhere count by what they say. */
  private contribute(api: YamlApi | undefined): void {
    api?.registerContributor(
      NAME,
      (resource) => {
        const document = vscode.workspace.textDocuments.find((d) => d.uri.toString() === resource);
        if (!document || /\/configs\//.test(document.uri.path)) return undefined;
        return isConfig(document) ? SCHEMA : undefined;
      },
      async () => new TextDecoder().decode(await vscode.workspace.fs.readFile(this.schemaFile)),
    );
  }
}
