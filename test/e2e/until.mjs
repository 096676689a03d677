import { setTimeout as wait } from 'node:timers/promises';

/**
 * Presses a key, or keys one after another, until what they open is shown: an editor that is still busy with the text has
 * nothing to show at first.
 *
 * @param {import('playwright-core').Page} page
 * @param {string | string[]} keys
 * @param {import('playwright-core').Locator} opened
 */
export function pressUntil(page, keys, opened) {
  return until(
    `${keys} opens something`,
    async () => {
      for (const key of [keys].flat()) await page.keyboard.press(key);
      return opened.waitFor({ timeout: 5000 }).then(
        () => true,
        () => false,
      );
    },
    60_000,
  );
}

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
