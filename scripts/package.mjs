// Makes the VSIX of this platform: what is needed to show and to train, and nothing else.
//   npm run package [-- --no-build] [-- --out FILE]
// Native packages are there for the current platform only, so each platform packages its own VSIX.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createVSIX } from '@vscode/vsce';
import { locate, runtimePackages } from './runtime-packages.mjs';
import { thirdPartyNotices } from './third-party-notices.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const platform = `${process.platform}-${process.arch}`;
const MiB = 1024 * 1024;

/** Files beside the bundles. */
const FILES = ['dist', 'media', 'configs', 'README.md', 'CHANGELOG.md', 'LICENSE'];

/** What each package needs at run time; a package that is not named here is taken whole, without its sources. */
const KEEP = {
  'onnxruntime-node': [
    /^package\.json$/,
    /^dist\/.*\.js$/,
    new RegExp(`^bin/[^/]+/${process.platform}/${process.arch}/`),
  ],
  webgpu: [
    /^package\.json$/,
    /^index\.js$/,
    new RegExp(`^dist/(${platform}|${process.platform}-universal)/`),
  ],
  '@tensorflow/tfjs-core': [/^package\.json$/, /^dist\/tf-core\.node\.js$/],
  '@tensorflow/tfjs-backend-cpu': [/^package\.json$/, /^dist\/tf-backend-cpu\.node\.js$/],
  '@tensorflow/tfjs-backend-webgpu': [/^package\.json$/, /^dist\/tf-backend-webgpu\.node\.js$/],
  '@tensorflow/tfjs-backend-wasm': [
    /^package\.json$/,
    /^dist\/tf-backend-wasm\.node\.js$/,
    /^wasm-out\/.*\.wasm$/,
  ],
  'dejavu-fonts-ttf': [/^package\.json$/, /^LICENSE/, /^ttf\/DejaVuSans(-Bold)?\.ttf$/],
};
const SURPLUS =
  /(^|\/)(\..*|(docs?|tests?|examples?|build|install|coverage)\/.*|(Gruntfile|bower|component)\.\w+)$|\.(map|ts|mts|cts|md|markdown|flow|cc|h|gyp|bnf)$|umd|\.min\.js$/;
const LICENCE = /(^|\/)(licen[cs]e|copying|notice|third)/i;
/** What lies in dist/ for developers alone. */
const FOR_DEVELOPERS =
  /\.map$|[\\/]dist[\\/](bench-[^\\/]*\.mjs|bundled-packages\.json|kernels[\\/]\.inputs)$/;
/** Only used by install scripts. */
const DROPPED = new Set(['adm-zip', 'global-agent']);

const { values } = parseArgs({ options: { 'no-build': { type: 'boolean' }, out: { type: 'string' } } });
if (!values['no-build'])
  execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs'), '--production'], { stdio: 'inherit' });
for (const file of ['dist/extension.cjs', 'dist/cli.mjs', 'dist/webview/training.js'])
  if (!existsSync(join(root, file))) throw new Error(`${file} is missing: run npm run build first`);

const stage = mkdtempSync(join(tmpdir(), 'mdfe-vsix-'));
try {
  const manifest = stageManifest();
  for (const name of FILES)
    if (existsSync(join(root, name)))
      cpSync(join(root, name), join(stage, name), { recursive: true, filter: isForUsers });
  const packages = runtimePackages(root, manifest.dependencies, DROPPED);
  for (const [name, folder] of packages) copyPackage(name, folder);
  const bundled = readJson(join(root, 'dist', 'bundled-packages.json')).map((name) =>
    locate(name, root, root),
  );
  const notices = thirdPartyNotices(new Set([...packages.values(), ...bundled]));
  writeFileSync(join(stage, 'ThirdPartyNotices.txt'), notices);
  const out = values.out ?? join(root, `mdfe-${platform}-${manifest.version}.vsix`);
  rmSync(out, { force: true });
  await createVSIX({
    cwd: stage,
    packagePath: out,
    target: platform,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
    allowPackageAllSecrets: false,
    skipLicense: true,
  });
  console.log(`${relative(process.cwd(), out)}: ${(statSync(out).size / MiB).toFixed(1)} MiB`);
} finally {
  rmSync(stage, { recursive: true, force: true });
}

function isForUsers(file) {
  return !FOR_DEVELOPERS.test(file);
}

/** The manifest without what only building needs; dependencies are the packages that the bundles leave outside. */
function stageManifest() {
  const {
    devDependencies,
    scripts,
    bin,
    private: _private,
    ...manifest
  } = readJson(join(root, 'package.json'));
  const outside = Object.keys(manifest.dependencies).filter((name) => isExternal(name));
  manifest.dependencies = Object.fromEntries(outside.map((name) => [name, '*']));
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(stage, '.vscodeignore'), '');
  return manifest;
}

/** True when a bundle of ours still imports that package. */
function isExternal(name) {
  const escaped = name.replace(/[/.]/g, '\\$&');
  const use = new RegExp(`(?:from|import|require|resolve)[\\s(]*["']${escaped}(?:["'/])`);
  return readdirSync(join(root, 'dist'), { recursive: true })
    .map((file) => join(root, 'dist', file))
    .filter((file) => /\.(mjs|cjs)$/.test(file) && isForUsers(file))
    .some((file) => use.test(readFileSync(file, 'utf8')));
}

function copyPackage(name, folder) {
  const keep = KEEP[name];
  const target = join(stage, relative(root, folder));
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const inside = relative(folder, path).replaceAll('\\', '/');
    if (inside.startsWith('node_modules/')) continue; // packages of their own
    const wanted = LICENCE.test(inside) || (keep ? keep.some((k) => k.test(inside)) : !SURPLUS.test(inside));
    if (wanted) cpSync(path, join(target, inside));
  }
  // vsce asks npm for the tree: a dependency that is left out must not be named.
  const manifest = readJson(join(folder, 'package.json'));
  const there = (dependency) => {
    if (DROPPED.has(dependency) || dependency.startsWith('@types/') || dependency === '@webgpu/types')
      return false;
    try {
      createRequire(join(folder, 'package.json')).resolve(`${dependency}/package.json`);
      return true;
    } catch (error) {
      return error.code === 'ERR_PACKAGE_PATH_NOT_EXPORTED';
    }
  };
  for (const key of ['dependencies', 'optionalDependencies', 'peerDependencies'])
    if (manifest[key])
      manifest[key] = Object.fromEntries(
        Object.entries(manifest[key]).filter(([dependency]) => there(dependency)),
      );
  delete manifest.devDependencies;
  delete manifest.scripts;
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
