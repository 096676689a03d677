import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { readRunRecord } from '../run/reader.ts';
import { chooseRun } from './choose-run.ts';
import { activeConfig, saveFirst } from './config-file.ts';
import { dataFolder } from './data-folder.ts';
import { hasCheckpoint } from './packaging/package-model.ts';
import { withProgress } from './packaging/run-with-progress.ts';
import type { Parts } from './parts.ts';
import { readSettings } from './settings.ts';
import { evaluateArguments } from './trainer-command.ts';

const TITLE = 'MDFE: Evaluate';

/** What is scored: a run, or a configuration with its untrained neck. */
interface Target {
  readonly path: string;
  readonly name: string;
  readonly isRun: boolean;
  readonly config: vscode.Uri;
}

/** Scores retrieval on held-out images and shows the table: of the run or configuration named, seen or chosen. */
export async function evaluate(parts: Parts, named: unknown): Promise<void> {
  const target = await chooseTarget(parts, named);
  if (!target || !(await saveFirst(target.config, 'Save and Evaluate'))) return;
  const data = await dataFolder(parts.memory, target.config);
  if (data === undefined) return;
  const notes: string[] = [];
  const args = evaluateArguments(target.path, data, target.isRun ? undefined : readSettings(target.config));
  const table = await withProgress(`MDFE: evaluating ${target.name}`, ({ onStatus, signal }) =>
    parts.trainer.task(args, {
      signal,
      onProgress: (line) => {
        if (line.type === 'note') notes.push(line.text);
        else onStatus(line.total > 0 ? `${line.text} ${line.done}/${line.total}` : line.text);
      },
    }),
  );
  if (table === undefined) return;
  const report = [`${target.name}, data in ${data}`, ...notes, '', table.trimEnd(), ''].join('\n');
  await parts.reports.show(`MDFE Evaluation of ${target.name}`, report);
}

async function chooseTarget({ store, panels }: Parts, named: unknown): Promise<Target | undefined> {
  const config = named instanceof vscode.Uri ? named : named === undefined ? activeConfig() : undefined;
  if (config) return { path: config.fsPath, name: nameOf(config), isRun: false, config };
  const runId = await chooseRun(
    store,
    named ?? panels.shownRun,
    (run) => hasCheckpoint(run.runId),
    TITLE,
    'MDFE: no run has a checkpoint yet; open a configuration to score its untrained neck.',
  );
  if (runId === undefined) return undefined;
  const file = readRunRecord(runId)?.configFile;
  return { path: runId, name: basename(runId), isRun: true, config: vscode.Uri.file(file ?? dirname(runId)) };
}

/** Without its ending: the report is no YAML. */
function nameOf(config: vscode.Uri): string {
  return basename(config.fsPath).replace(/\.ya?ml$/i, '');
}
