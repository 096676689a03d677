// The command palette of VS Code, driven as a user does.
import { until } from './until.mjs';

/** Times that the palette is opened. */
const OPENED = 6;
/** Milliseconds after which a command that is not listed is taken for not enabled yet. */
const LOOKED_FOR = 10_000;
/** Milliseconds that a busy machine may take for the rest. */
const PATIENCE = 30_000;

/**
 * Runs a command by its title. What the palette lists is settled when it opens: where a command is not enabled yet, the
 * palette is opened again; so too where it closes before anything is typed, as it does when the focus is taken from it.
 *
 * @param {import('playwright-core').Page} page
 */
export async function runCommand(page, title) {
  for (let time = 1; ; time++) {
    try {
      await openWith(page, `>${title}`);
      const row = page.locator(`.quick-input-list .monaco-list-row[aria-label*="${title}"]`).first();
      await row.waitFor({ timeout: LOOKED_FOR });
      await untilStill(`${title} is listed`, row);
      return await row.click();
    } catch (error) {
      if (time === OPENED) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

async function openWith(page, text) {
  const box = page.locator('.quick-input-widget input[type=text]').first();
  const shown = () =>
    box.waitFor({ timeout: 4000 }).then(
      () => true,
      () => false,
    );
  for (let attempt = 0; attempt < 3; attempt++) {
    await page.keyboard.press('F1');
    if (await shown()) break;
  }
  await box.fill(text, { timeout: LOOKED_FOR });
}

/** The list is sorted again while results come in: the row must stay where it is before the click. */
async function untilStill(what, row) {
  let before;
  await until(
    what,
    async () => {
      const now = JSON.stringify(await row.boundingBox({ timeout: LOOKED_FOR }).catch(() => null));
      const still = now !== 'null' && now === before;
      before = now;
      return still;
    },
    PATIENCE,
  );
}
