import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { describeError } from '../../common/errors.ts';
import type { DatasetSamples } from '../../run/dataset-samples.ts';
import type { DatasetSurvey } from '../../run/dataset-status.ts';
import { knownDataFolder, onDidChooseDataFolder } from '../data-folder.ts';
import { readSettings } from '../settings.ts';
import type { Trainer } from '../trainer.ts';
import { classNodes, failureNodes, samplesArguments } from './class-nodes.ts';
import { type Node, type Page, surveyNodes } from './nodes.ts';

const VIEW = 'mdfe.datasets';

/**
 * The Datasets view: which sets lie below the data folder. The command line looks, first at folders only, then at
 * every annotation and image, which may take a while; nothing is looked at before the view is shown, and no class is
 * listed before its set is unfolded.
 */
export function registerDatasets(trainer: Trainer, memory: vscode.Memento): vscode.Disposable {
  const tree = new DatasetTree(trainer, memory);
  const view = vscode.window.createTreeView(VIEW, { treeDataProvider: tree, showCollapseAll: true });
  tree.onMessage = (message) => {
    view.message = message ?? '';
  };
  return vscode.Disposable.from(
    tree,
    view,
    vscode.commands.registerCommand('mdfe.refreshDatasets', () => tree.refresh()),
    onDidChooseDataFolder(() => tree.refresh()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => tree.refresh()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('mdfe.dataDir')) tree.refresh();
    }),
  );
}

class DatasetTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  onMessage: (message: string | undefined) => void = () => {};
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly trainer: Trainer;
  private readonly memory: vscode.Memento;
  private nodes: Node[] | undefined;
  /** Pages of classes that were asked for since the last refresh, by their line's id. */
  private readonly pages = new Map<string, Promise<Node[]>>();
  /** Counts looks, so that the answer to an old one is not shown. */
  private look = 0;

  constructor(trainer: Trainer, memory: vscode.Memento) {
    this.trainer = trainer;
    this.memory = memory;
  }

  refresh(): void {
    this.look++;
    this.nodes = undefined;
    this.pages.clear();
    this.changed.fire();
  }

  async getChildren(parent?: Node): Promise<Node[]> {
    if (parent?.page) return this.classes(parent.id, parent.page);
    if (parent) return [...parent.children];
    this.nodes ??= await this.survey();
    return this.nodes;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
    const folds = node.page !== undefined || node.children.length > 0;
    const item = new vscode.TreeItem(node.label, folds ? (node.open ? Expanded : Collapsed) : None);
    item.id = node.id;
    item.description = node.description;
    item.tooltip = node.tooltip;
    item.iconPath = new vscode.ThemeIcon(node.icon);
    item.contextValue = node.context;
    const target =
      node.file !== undefined ? vscode.Uri.file(node.file) : node.link && vscode.Uri.parse(node.link);
    if (target) item.command = { command: 'vscode.open', title: 'Open', arguments: [target] };
    return item;
  }

  dispose(): void {
    this.look++;
    this.changed.dispose();
  }

  /** Empty, so that the view's welcome text is shown, where there is no data folder. */
  private async survey(): Promise<Node[]> {
    this.onMessage(undefined);
    const root = knownDataFolder(this.memory);
    if (!vscode.workspace.isTrusted || root === undefined) return [];
    if (!existsSync(root)) {
      this.onMessage(`${root} does not exist any more.`);
      return [];
    }
    const look = ++this.look;
    const quick = await this.ask(root, '--quick');
    if (quick.length > 0) void this.count(root, look);
    return quick;
  }

  private async count(root: string, look: number): Promise<void> {
    this.onMessage(`Counting images in ${root} …`);
    const nodes = await this.ask(root);
    if (look !== this.look) return;
    if (nodes.length > 0) {
      this.nodes = nodes;
      this.onMessage(root);
    }
    this.changed.fire();
  }

  private classes(id: string, page: Page): Promise<Node[]> {
    const known = this.pages.get(id);
    if (known) return known;
    const asked = this.list(page);
    this.pages.set(id, asked);
    return asked;
  }

  private async list(page: Page): Promise<Node[]> {
    const root = knownDataFolder(this.memory);
    if (root === undefined) return [];
    try {
      const answer = await this.trainer.print(...samplesArguments(page, root, readSettings().cacheDir));
      return classNodes(page, JSON.parse(answer) as DatasetSamples);
    } catch (error) {
      return failureNodes(page, error instanceof Error ? error.message : describeError(error));
    }
  }

  private async ask(root: string, ...options: string[]): Promise<Node[]> {
    const { cacheDir } = readSettings();
    const cache = cacheDir === undefined ? [] : ['--cache-dir', cacheDir];
    try {
      const answer = await this.trainer.print('dataset', root, '--json', ...options, ...cache);
      return surveyNodes(JSON.parse(answer) as DatasetSurvey);
    } catch (error) {
      this.onMessage(error instanceof Error ? error.message : describeError(error));
      return [];
    }
  }
}
