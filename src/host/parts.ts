import type * as vscode from 'vscode';
import type { Reports } from './report.ts';
import type { RetrievalPanels } from './retrieval/retrieval-panel.ts';
import type { RunStore } from './run-store.ts';
import type { Trainer } from './trainer.ts';
import type { TrainingPanels } from './training-panel.ts';

/** What commands work with. */
export interface Parts {
  readonly store: RunStore;
  readonly trainer: Trainer;
  readonly panels: TrainingPanels;
  readonly retrieval: RetrievalPanels;
  readonly reports: Reports;
  readonly memory: vscode.Memento;
  readonly secrets: vscode.SecretStorage;
  readonly log: vscode.LogOutputChannel;
}
