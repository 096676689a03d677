import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { packageFile } from '../common/dist.ts';

const SHOWN = ['onnxruntime-node', '@tensorflow/tfjs-core', 'sharp'];

/** Versions of what computes, as installed, for the record of a run. */
export function versions(): Record<string, string> {
  return {
    mdfe: versionIn(packageFile('package.json')),
    node: process.versions.node,
    ...Object.fromEntries(SHOWN.map((name) => [name, installed(name)])),
  };
}

/** Read beside the package, for not every package lets its manifest be imported. */
function installed(name: string): string {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const manifest = folders
    .map((folder) => join(folder, name, 'package.json'))
    .find((path) => existsSync(path));
  return manifest === undefined ? 'not installed' : versionIn(manifest);
}

function versionIn(manifest: string): string {
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
