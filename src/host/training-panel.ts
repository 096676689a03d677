import * as vscode from 'vscode';
import type { HostToPanel, PanelState, PanelToHost } from '../run/messages.ts';
import type { FoundSweep } from '../run/sweep-reader.ts';
import { runDirOf } from '../run/sweep-reader.ts';
import { chooseComparison } from './compare-runs.ts';
import { PanelFeed } from './panel-feed.ts';
import { panelHtml } from './panel-html.ts';
import { RunComparison } from './run-comparison.ts';
import type { RunMonitor } from './run-monitor.ts';
import type { RunStore } from './run-store.ts';
import type { SweepStore } from './sweep/sweep-store.ts';

const TYPE = 'mdfe.training';
const RELIST = 3000; // ms: runs started elsewhere appear within this time

/** What the panel's buttons do; each is a command. */
const commands: Readonly<
  Record<
    Exclude<PanelToHost['type'], 'ready' | 'select' | 'compare' | 'export' | 'remedy' | 'openFile'>,
    string
  >
> = {
  train: 'mdfe.train',
  stop: 'mdfe.stop',
  resume: 'mdfe.resume',
  openConfig: 'mdfe.openRunConfig',
  openLog: 'mdfe.openRunLog',
  exploreRetrieval: 'mdfe.exploreRetrieval',
  package: 'mdfe.package',
  openNotebook: 'mdfe.openKaggleNotebook',
  revealFolder: 'mdfe.showRunFolder',
};

/** The one training panel of this window, and its return after a reload. */
export class TrainingPanels implements vscode.Disposable {
  private current: PanelConnection | undefined;
  private readonly extension: vscode.Uri;
  private readonly store: RunStore;
  private readonly sweeps: SweepStore;
  private readonly registration: vscode.Disposable;

  constructor(extension: vscode.Uri, store: RunStore, sweeps: SweepStore) {
    this.extension = extension;
    this.store = store;
    this.sweeps = sweeps;
    this.registration = vscode.window.registerWebviewPanelSerializer(TYPE, {
      deserializeWebviewPanel: async (panel, state: PanelState | undefined) =>
        this.connect(panel, state?.runId ?? null),
    });
  }

  /** The run that can be seen now. */
  get shownRun(): string | undefined {
    return this.current?.panel.visible ? (this.current.shown ?? undefined) : undefined;
  }

  /** Shows that run, or the newest one. */
  open(runId: string | null): void {
    if (this.current) {
      this.current.panel.reveal(undefined, true);
      if (runId !== null) void this.current.select(runId);
      return;
    }
    const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    const panel = vscode.window.createWebviewPanel(
      TYPE,
      'MDFE Training',
      { viewColumn: column, preserveFocus: true },
      {},
    );
    this.connect(panel, runId);
  }

  /** Asks for runs to draw beside the one that is shown. */
  async compare(): Promise<void> {
    await this.current?.compare();
  }

  dispose(): void {
    this.registration.dispose();
    this.current?.panel.dispose();
  }

  private connect(panel: vscode.WebviewPanel, runId: string | null): void {
    this.current?.panel.dispose();
    const connection = new PanelConnection(panel, this.store, this.sweeps, runId);
    this.current = connection;
    panel.onDidDispose(() => {
      connection.dispose();
      if (this.current === connection) this.current = undefined;
    });
    panel.iconPath = vscode.Uri.joinPath(this.extension, 'media', 'panel.svg');
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(this.extension, 'dist', 'webview')],
    };
    panel.webview.html = panelHtml(panel.webview, this.extension, 'training', 'MDFE Training');
  }
}

class PanelConnection implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  private readonly store: RunStore;
  private readonly sweeps: SweepStore;
  private readonly feed: PanelFeed;
  private readonly comparison: RunComparison;
  private readonly subscriptions: vscode.Disposable[] = [];
  /** Wanted by the host when the view was not there yet; wins over what the view remembers. */
  private wanted: string | null;
  private shownId: string | null = null;
  private lastList = '';
  /** The shown run is that which a sweep trained when it was chosen: the next one is shown when it begins. */
  private watchesSweep = false;

  constructor(panel: vscode.WebviewPanel, store: RunStore, sweeps: SweepStore, runId: string | null) {
    this.panel = panel;
    this.store = store;
    this.sweeps = sweeps;
    this.wanted = runId;
    const send = (message: HostToPanel) => this.send(message);
    this.feed = new PanelFeed(send);
    this.comparison = new RunComparison(store, send, (id) => id === this.shownId);
    const relist = setInterval(() => {
      if (panel.visible) void this.sendList();
    }, RELIST);
    this.subscriptions.push(
      panel.webview.onDidReceiveMessage((message: PanelToHost) => this.receive(message)),
      panel.onDidChangeViewState(() => {
        if (panel.visible) return;
        this.feed.pause();
        this.comparison.pause();
      }),
      store.onDidChange(({ monitor, events }) => {
        this.feed.push(monitor, events);
        this.comparison.push(monitor);
        if (this.watchesSweep && this.isNext(monitor)) void this.sendSnapshot(monitor.runId, true);
      }),
      store.onDidChangeList(() => void this.sendList()),
      sweeps.onDidChange(({ sweep }) => {
        if (this.sweeps.of(this.feed.run)?.dir === sweep.dir) this.sendSweep(sweep);
      }),
      { dispose: () => clearInterval(relist) },
    );
  }

  dispose(): void {
    this.feed.pause();
    this.comparison.pause();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  get shown(): string | null {
    return this.shownId;
  }

  /** Switches to that run, now or when the view is there again. */
  async select(runId: string): Promise<void> {
    this.wanted = runId;
    if (this.feed.run || this.shownId === null) await this.sendSnapshot(runId);
  }

  async compare(): Promise<void> {
    if (this.shownId === null) return;
    const chosen = await chooseComparison(this.store, this.shownId, this.comparison.runIds);
    if (chosen) await this.comparison.show(chosen);
  }

  private async receive(message: PanelToHost): Promise<void> {
    switch (message.type) {
      case 'ready':
        await this.sendSnapshot(this.wanted ?? message.runId);
        return this.comparison.show(message.compared);
      case 'compare':
        return this.compare();
      case 'export':
        await vscode.commands.executeCommand('mdfe.exportCurves', message.runId, message.png);
        return;
      case 'remedy':
        await vscode.commands.executeCommand('mdfe.remedy', message.runId, message.remedy);
        return;
      case 'openFile':
        await vscode.commands.executeCommand('mdfe.openFileOfRun', message.runId, message.path);
        return;
      case 'select':
        return this.sendSnapshot(message.runId);
      default: {
        const runId = 'runId' in message ? message.runId : undefined;
        await vscode.commands.executeCommand(commands[message.type], ...(runId === undefined ? [] : [runId]));
      }
    }
  }

  /** @param next it follows the shown one in a sweep that is watched */
  private async sendSnapshot(runId: string | null, next = false): Promise<void> {
    const runs = await this.store.list();
    const known = runs.some((run) => run.runId === runId);
    const chosen = known ? runId : (runs[0]?.runId ?? null);
    this.lastList = JSON.stringify(runs);
    this.wanted = null;
    if (this.shownId !== null && this.shownId !== chosen) this.store.release(this.shownId);
    this.shownId = chosen;
    if (chosen === null) return this.send({ type: 'snapshot', run: null, runs });
    const monitor = this.store.follow(chosen);
    await monitor.loaded;
    if (this.shownId !== chosen) return; // another run was chosen meanwhile
    this.panel.title = monitor.record?.name ?? 'MDFE Training';
    this.send({ type: 'snapshot', run: this.feed.show(monitor), runs });
    const sweep = this.sweeps.of(monitor);
    this.sendSweep(sweep);
    // A short run may have ended while its snapshot was made: the sweep is watched on.
    this.watchesSweep = sweep !== undefined && (next || trainedBy(sweep) === chosen);
  }

  private sendSweep(sweep: FoundSweep | undefined): void {
    const runIds = sweep?.record.runs.map((run) => runDirOf(sweep.dir, run)) ?? [];
    this.send({ type: 'sweep', sweep: sweep ? { ...sweep, runIds } : null });
  }

  /** The run that the shown sweep trains now, where that is another one than is shown. */
  private isNext(monitor: RunMonitor): boolean {
    const shown = this.sweeps.of(this.feed.run);
    if (!shown || !monitor.record || monitor.runId === this.shownId) return false;
    return trainedBy(shown) === monitor.runId;
  }

  private async sendList(): Promise<void> {
    const runs = await this.store.list();
    const list = JSON.stringify(runs);
    if (list === this.lastList) return;
    this.lastList = list;
    // The first run of an empty panel is shown by itself.
    if (this.shownId === null && runs.length > 0) await this.sendSnapshot(null);
    else this.send({ type: 'runs', runs });
  }

  private send(message: HostToPanel): void {
    // Not awaited: the answer comes only while the view is visible.
    void this.panel.webview.postMessage(message);
  }
}

/** Folder of the run that a sweep trains now. */
function trainedBy({ dir, record, status }: FoundSweep): string | undefined {
  const run = status === 'running' ? record.runs.find(({ state }) => state === 'running') : undefined;
  return run && runDirOf(dir, run);
}
