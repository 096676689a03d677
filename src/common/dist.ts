import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MdfeError } from './errors.ts';

/** Root of the package that this code runs from: the clone or the unpacked extension. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'mdfe') return folder;
    const parent = dirname(folder);
    if (parent === folder) throw new Error('internal: the package.json of mdfe is nowhere above this file');
    folder = parent;
  }
}

let root: string | undefined;

/** Absolute path of a file of the package, given relative to its root. */
export function packageFile(relative: string): string {
  root ??= packageRoot();
  return join(root, relative);
}

/** Absolute path of a built file (a worker, a kernel); works from the bundle and from sources under test. */
export function distFile(relative: string): string {
  const path = packageFile(join('dist', relative));
  if (existsSync(path)) return path;
  throw new MdfeError({
    code: 'install/not-built',
    what: 'a built file is missing',
    where: path,
    todo: 'run: npm run build',
  });
}
