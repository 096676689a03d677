// The packages that must lie in node_modules at run time: those named, and what they depend on.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * @param {string} root folder with the node_modules that is searched last
 * @param {Record<string, string>} named dependencies to begin with
 * @param {ReadonlySet<string>} dropped packages that only installing needs
 * @returns {Map<string, string>} name -> folder, in node's way of finding them
 */
export function runtimePackages(root, named, dropped = new Set()) {
  const found = new Map();
  const visit = (name, from, optional) => {
    if (dropped.has(name) || name.startsWith('@types/') || name === '@webgpu/types') return;
    const folder = locate(name, from, root);
    if (!folder) {
      if (optional) return; // a binary of another platform
      throw new Error(`package ${name}, needed by ${from}, is not installed: run npm ci`);
    }
    if (found.has(name)) {
      if (found.get(name) !== folder)
        throw new Error(`two versions of ${name}: ${folder} and ${found.get(name)}`);
      return;
    }
    found.set(name, folder);
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    for (const dependency of Object.keys(manifest.optionalDependencies ?? {}))
      visit(dependency, folder, true);
    for (const dependency of Object.keys(manifest.dependencies ?? {})) visit(dependency, folder, false);
  };
  for (const name of Object.keys(named)) visit(name, root, false);
  return found;
}

/** @returns {string | undefined} folder of a package, in node's way of finding it from another folder */
export function locate(name, from, root) {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (folder === root || folder === dirname(folder)) return undefined;
  }
}
