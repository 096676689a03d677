import { setTimeout as wait } from 'node:timers/promises';

/** Waits until `check` returns something true. */
export async function until(what, check, timeout = 30_000, detail = () => '') {
  const end = Date.now() + timeout;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > end) throw new Error(`timed out: ${what}\n${detail()}`);
    await wait(200);
  }
}
