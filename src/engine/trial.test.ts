import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineUnavailable } from './names.ts';
import { TRIAL_MARK, tryApart } from './trial.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mdfe-trial-'));
});
afterEach(() => rm(folder, { recursive: true }));

const request = { engine: 'tfjs-webgpu', options: {} } as const;
async function tried(code: string, limitMs?: number) {
  const script = join(folder, 'trial.mjs');
  await writeFile(script, code);
  return tryApart(request, { script, ...(limitMs !== undefined && { limitMs }) });
}
const says = (result: object) =>
  `console.log('noise\\n${TRIAL_MARK}${JSON.stringify(result)}\\nmore noise');`;

describe('tryApart', () => {
  it('takes the device from among what native libraries print', async () => {
    expect(await tried(says({ ok: true, device: 'GPU 7' }))).toEqual({ device: 'GPU 7' });
  });

  it('passes on reason and advice', async () => {
    const failure = tried(says({ ok: false, reason: 'no adapter', todo: 'install a driver' }));
    await expect(failure).rejects.toThrow(EngineUnavailable);
    await expect(failure).rejects.toMatchObject({ message: 'no adapter', todo: 'install a driver' });
  });

  it('survives a driver that crashes', async () => {
    await expect(tried('console.error("cannot map"); process.kill(process.pid, "SIGSEGV");')).rejects.toThrow(
      /ended the process that tried \(signal SIGSEGV\): cannot map/,
    );
  });

  it('survives a driver that hangs', async () => {
    await expect(tried('setInterval(() => {}, 1000);', 300)).rejects.toThrow(/did not end within 0.3 s/);
  });
});
