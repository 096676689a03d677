import { execFile } from 'node:child_process';
import { MdfeError } from '../common/errors.ts';
import { isNewEnough, OLDEST_NODE } from '../common/node-version.ts';
import { NODE_SETTING } from '../run/remedies.ts';

const PATIENCE = 20_000; // ms

/**
 * @param program what the setting names as Node
 * @throws MdfeError where it cannot be started, is something else, or is too old
 */
export async function requireNode(program: string): Promise<void> {
  const { failure, printed } = await ask(program);
  const version = /^\d+\.\d+\.\d+/.exec(printed)?.[0];
  if (version !== undefined && isNewEnough(version)) return;
  throw new MdfeError({
    code: 'host/node',
    what: version === undefined ? 'this is not Node, or it cannot be started' : 'this Node is too old',
    where: program,
    expected: `Node ${OLDEST_NODE} or newer`,
    got: version ?? failure ?? (printed.split('\n')[0] || 'no answer'),
    todo: `correct the setting ${NODE_SETTING}, or leave it empty for the editor's own Node`,
  });
}

function ask(program: string): Promise<{ failure: string | undefined; printed: string }> {
  return new Promise((resolve) => {
    execFile(program, ['-p', 'process.versions.node'], { timeout: PATIENCE }, (error, printed, said) => {
      resolve({ failure: error ? said.trim().split('\n')[0] || error.message : undefined, printed });
    });
  });
}
