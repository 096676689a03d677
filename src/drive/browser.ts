import { spawn } from 'node:child_process';

/** Programs that open an address in the user's browser; arguments as a list, never through a shell. */
function opener(url: string): readonly [string, ...string[]] {
  if (process.platform === 'darwin') return ['open', url];
  if (process.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url];
  return ['xdg-open', url];
}

/** Opens an address in the system's browser. False: there is no program for that. */
export function openBrowser(url: string): Promise<boolean> {
  const [program, ...args] = opener(url);
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => resolve(true));
    child.unref();
  });
}
