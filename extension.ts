import * as vscode from 'vscode';
import { registerCommands } from './src/host/commands.ts';
import { watchActiveConfig } from './src/host/config-file.ts';
import { registerDatasets } from './src/host/datasets/view.ts';
import { registerLanguage } from './src/host/language/index.ts';
import { notifyAtEnd } from './src/host/notifications.ts';
import { Reports } from './src/host/report.ts';
import { RetrievalPanels } from './src/host/retrieval/retrieval-panel.ts';
import { RunStore } from './src/host/run-store.ts';
import { showInStatusBar } from './src/host/status-bar.ts';
import { SweepStore } from './src/host/sweep/sweep-store.ts';
import { notifyAtSweepEnd } from './src/host/sweep/tell-end.ts';
import { Trainer } from './src/host/trainer.ts';
import { TrainingPanels } from './src/host/training-panel.ts';

export function activate(context: vscode.ExtensionContext): void {
  const started = performance.now();
  const log = vscode.window.createOutputChannel('MDFE', { log: true });
  const memory = context.workspaceState;
  const trainer = new Trainer(context, log);
  const store = new RunStore(memory, log, (runDir) => trainer.lastWords(runDir));
  const sweeps = new SweepStore(store, log);
  const panels = new TrainingPanels(context.extensionUri, store, sweeps);
  const retrieval = new RetrievalPanels({ context, store, trainer });
  const reports = new Reports();
  context.subscriptions.push(
    log,
    store,
    sweeps,
    panels,
    retrieval,
    reports,
    showInStatusBar(store, sweeps),
    notifyAtEnd(store),
    notifyAtSweepEnd(sweeps),
    watchActiveConfig(),
    registerLanguage(context, log),
    registerDatasets(trainer, memory),
    registerCommands({
      store,
      trainer,
      panels,
      retrieval,
      reports,
      memory,
      secrets: context.secrets,
      log,
    }),
  );
  log.info(`activated in ${(performance.now() - started).toFixed(1)} ms`);
  void store.list(); // runs that outlived a reload show up in the status bar again
}

/** Runs go on: they are processes of their own. */
export function deactivate(): void {}
