import * as vscode from 'vscode';
import { describeError } from '../../common/errors.ts';
import { readRunRecord } from '../../run/reader.ts';
import type { ExploredRun, GalleryToHost, RetrievalState } from '../../run/retrieval-messages.ts';
import { chooseRun } from '../choose-run.ts';
import { panelHtml } from '../panel-html.ts';
import type { RunStore } from '../run-store.ts';
import type { Trainer } from '../trainer.ts';
import { explainFailure, noRun, untrusted } from './explain.ts';
import { GalleryCache } from './gallery-cache.ts';
import { RetrievalSession } from './session.ts';

const TYPE = 'mdfe.retrieval';
const TITLE = 'MDFE Retrieval';
const CHOICES = 'mdfe.retrieval';
const IMAGES = ['jpg', 'jpeg', 'png', 'webp', 'gif', 'bmp', 'tif', 'tiff', 'avif'];

/** What the user chose for a run, kept in the workspace. */
type Choice = Partial<Pick<ExploredRun, 'dataDir' | 'csv' | 'skipBadImages'>>;

interface Services {
  readonly context: vscode.ExtensionContext;
  readonly store: RunStore;
  readonly trainer: Trainer;
}

/** The one retrieval gallery of this window, and its return after a reload. */
export class RetrievalPanels implements vscode.Disposable {
  private current: RetrievalPanel | undefined;
  private readonly services: Services;
  private readonly registration: vscode.Disposable;

  constructor(services: Services) {
    this.services = services;
    this.registration = vscode.window.registerWebviewPanelSerializer(TYPE, {
      deserializeWebviewPanel: async (panel, state: RetrievalState | undefined) =>
        this.connect(panel, state?.runId ?? null),
    });
  }

  /** @param named a run folder; else the user chooses */
  async explore(named: unknown): Promise<void> {
    const runId = await chooseRun(
      this.services.store,
      named,
      () => true,
      'MDFE: Explore Retrieval',
      'MDFE: there are no runs yet. Train a configuration first.',
    );
    if (runId === undefined) return;
    if (this.current) {
      this.current.panel.reveal();
      return this.current.show(runId);
    }
    const panel = vscode.window.createWebviewPanel(TYPE, TITLE, vscode.ViewColumn.Active, {});
    this.connect(panel, runId);
  }

  dispose(): void {
    this.registration.dispose();
    this.current?.panel.dispose();
  }

  private connect(panel: vscode.WebviewPanel, runId: string | null): void {
    this.current?.panel.dispose();
    const { extensionUri } = this.services.context;
    const connection = new RetrievalPanel(panel, this.services, runId);
    this.current = connection;
    panel.onDidDispose(() => {
      connection.dispose();
      if (this.current === connection) this.current = undefined;
    });
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'panel.svg');
    panel.webview.options = {
      enableScripts: true,
      // Our own files only: images come as small pictures in messages, so the page can read no file.
      localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist', 'webview')],
    };
    panel.webview.html = panelHtml(panel.webview, extensionUri, 'retrieval', TITLE, { images: 'data:' });
  }
}

class RetrievalPanel implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  private readonly services: Services;
  private readonly session: RetrievalSession;
  private readonly subscription: vscode.Disposable;
  /** Shown as soon as the view is there. */
  private wanted: string | null;

  constructor(panel: vscode.WebviewPanel, services: Services, runId: string | null) {
    const { context, trainer } = services;
    this.panel = panel;
    this.services = services;
    this.wanted = runId;
    const storage = context.storageUri ?? context.globalStorageUri;
    this.session = new RetrievalSession({
      cache: new GalleryCache(vscode.Uri.joinPath(storage, 'retrieval').fsPath),
      task: (args, hooks) => trainer.task(args, hooks),
      thumbnails: trainer.worker('thumbnail.worker.mjs'),
      // Not awaited: the answer comes only while the view is visible.
      send: (message) => void panel.webview.postMessage(message),
    });
    this.subscription = panel.webview.onDidReceiveMessage((message: GalleryToHost) => {
      this.receive(message).catch((error: unknown) =>
        this.session.fail(explainFailure(describeError(error))),
      );
    });
  }

  dispose(): void {
    this.subscription.dispose();
    this.session.dispose();
  }

  /** @param again evaluate even where that was done before */
  async show(runId: string, again = false): Promise<void> {
    const record = readRunRecord(runId);
    const choice = this.choices[runId] ?? {};
    const run: ExploredRun = {
      runId,
      name: record?.name ?? runId,
      dataDir: choice.dataDir ?? record?.dataDir ?? '',
      csv: choice.csv ?? null,
      skipBadImages: choice.skipBadImages ?? false,
    };
    if (vscode.workspace.isTrusted) await this.session.show(run, again);
    else this.session.fail(untrusted);
  }

  private async receive(message: GalleryToHost): Promise<void> {
    const { session } = this;
    switch (message.type) {
      case 'ready':
        return this.ready(message.runId);
      case 'evaluate':
        return this.change({}, true);
      case 'skipBadImages':
        return this.change({ skipBadImages: true });
      case 'chooseData':
        return this.chooseData();
      case 'chooseCsv':
        return this.chooseCsv();
      case 'chooseRun':
        await vscode.commands.executeCommand('mdfe.exploreRetrieval');
        return;
      case 'cancel':
        return session.cancel();
      case 'searchImage':
        return this.searchImage();
      case 'closeSearch':
        return session.closeSearch();
      case 'thumbnails':
        return session.want(message.images);
      case 'open':
        return this.open(message.image);
    }
  }

  private async ready(remembered: string | null): Promise<void> {
    const { session, wanted } = this;
    this.wanted = null;
    if (session.explored) return session.replay();
    const runId = wanted ?? remembered;
    if (runId === null) session.fail(noRun);
    else await this.show(runId);
  }

  private async open(image: number): Promise<void> {
    const file = this.session.file(image);
    if (file === undefined) return;
    // Beside the gallery, so that several images can be compared with it.
    const viewColumn =
      this.panel.viewColumn === vscode.ViewColumn.One ? vscode.ViewColumn.Two : vscode.ViewColumn.One;
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file), { viewColumn, preview: true });
  }

  private async chooseData(): Promise<void> {
    const folder = await choose(
      {
        title: 'MDFE: Data Folder',
        openLabel: 'Use as Data Folder',
        canSelectFolders: true,
        canSelectFiles: false,
      },
      this.session.explored?.dataDir,
    );
    if (folder !== undefined) await this.change({ dataDir: folder });
  }

  private async chooseCsv(): Promise<void> {
    if (this.session.explored?.csv) {
      const own = 'What the configuration holds out';
      const chosen = await vscode.window.showQuickPick([own, 'Choose a CSV File...'], {
        title: 'MDFE: Held-Out Images',
      });
      if (chosen === own) return this.change({ csv: null });
      if (chosen === undefined) return;
    }
    const csv = await choose(
      {
        title: 'MDFE: Held-Out Images (img_path, label, role, domain)',
        openLabel: 'Use as Held-Out Images',
        filters: { CSV: ['csv'] },
      },
      this.session.explored?.dataDir,
    );
    if (csv !== undefined) await this.change({ csv });
  }

  private async searchImage(): Promise<void> {
    const image = await choose(
      { title: 'MDFE: Image to Look Up', openLabel: 'Look Up', filters: { Images: IMAGES } },
      this.session.explored?.dataDir,
    );
    if (image !== undefined) await this.session.search(image);
  }

  /** Remembers a choice for the run that is shown, and shows it with that. */
  private async change(choice: Choice, again = false): Promise<void> {
    const { explored } = this.session;
    if (!explored) return;
    const { runId } = explored;
    const choices = this.choices;
    await this.services.context.workspaceState.update(CHOICES, {
      ...choices,
      [runId]: { ...choices[runId], ...choice },
    });
    await this.show(runId, again);
  }

  private get choices(): Readonly<Record<string, Choice>> {
    return this.services.context.workspaceState.get<Record<string, Choice>>(CHOICES, {});
  }
}

async function choose(
  options: vscode.OpenDialogOptions,
  start: string | undefined,
): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    ...options,
    ...(start && { defaultUri: vscode.Uri.file(start) }),
  });
  return chosen?.[0]?.fsPath;
}
