import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import * as vscode from 'vscode';

/** The user's settings for one configuration file, with absolute paths. */
export interface Settings {
  readonly device: string;
  /** How the frozen backbone computes. */
  readonly precision: string;
  /** '' means the editor's own Node. */
  readonly nodePath: string;
  readonly outputDir: string;
  readonly cacheDir: string | undefined;
  readonly backboneWeights: string | undefined;
  readonly threads: number;
  readonly dataDir: string | undefined;
  /** Kaggle's official command line; undefined: that of the path. */
  readonly kagglePath: string | undefined;
}

/** @param resource the configuration file; without one, the first workspace folder counts */
export function readSettings(resource?: vscode.Uri): Settings {
  const settings = vscode.workspace.getConfiguration('mdfe', resource);
  const base = baseFolder(resource);
  const path = (key: string) => {
    const value = settings.get<string>(key, '').trim();
    return value === '' ? undefined : absolute(value, base);
  };
  return {
    device: settings.get('device', 'auto'),
    precision: settings.get('precision', 'fp32'),
    nodePath: settings.get('nodePath', '').trim(),
    outputDir: path('outputDir') ?? join(base, 'results'),
    cacheDir: path('cacheDir'),
    backboneWeights: path('backboneWeights'),
    threads: settings.get('threads', 0),
    dataDir: path('dataDir'),
    kagglePath: path('kagglePath'),
  };
}

/** Relative paths count from the workspace folder, else from the configuration's folder. */
export function baseFolder(resource?: vscode.Uri): string {
  const folder =
    (resource && vscode.workspace.getWorkspaceFolder(resource)) ?? vscode.workspace.workspaceFolders?.[0];
  if (folder) return folder.uri.fsPath;
  return resource ? dirname(resource.fsPath) : homedir();
}

function absolute(path: string, base: string): string {
  if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1));
  return isAbsolute(path) ? path : resolve(base, path);
}
