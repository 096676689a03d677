import { readFileSync } from 'node:fs';
import { packageFile } from '../common/dist.ts';

/** Versions of what computes, for the record of a run. */
export function versions(): Record<string, string> {
  const manifest = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as {
    version: string;
    dependencies: Record<string, string>;
  };
  const shown = ['onnxruntime-node', '@tensorflow/tfjs-core', 'sharp'];
  return {
    mdfe: manifest.version,
    node: process.versions.node,
    ...Object.fromEntries(shown.map((name) => [name, manifest.dependencies[name] ?? 'not installed'])),
  };
}
