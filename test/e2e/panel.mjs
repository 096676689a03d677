// What the tests read from the training panel.
import { until } from './until.mjs';

/** Steps that the loss chart shows, as its accessible name says. */
export async function shownSteps(panel) {
  const label = await panel.locator('#loss').getAttribute('aria-label', { timeout: 30_000 });
  const match = /: ([\d,]+) steps/.exec(label ?? '');
  return match ? Number(match[1].replaceAll(',', '')) : 0;
}

export async function waitForSteps(panel, count, timeout = 60_000) {
  return until(
    `${count} steps in the chart`,
    async () => {
      const steps = await shownSteps(panel).catch(() => 0);
      return steps >= count ? steps : 0;
    },
    timeout,
  );
}

export async function waitForStatus(panel, text, timeout = 60_000) {
  await panel.locator('#status', { hasText: text }).waitFor({ timeout });
}

/** Pixels of the loss chart in the colour of its curve. */
export function curvePixels(panel) {
  return panel.locator('#loss').evaluate((canvas) => {
    const name = getComputedStyle(document.documentElement).getPropertyValue('--vscode-charts-blue');
    const probe = document.createElement('canvas').getContext('2d');
    probe.fillStyle = name.trim();
    probe.fillRect(0, 0, 1, 1);
    const want = probe.getImageData(0, 0, 1, 1).data;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
      const distance =
        Math.abs(data[i] - want[0]) + Math.abs(data[i + 1] - want[1]) + Math.abs(data[i + 2] - want[2]);
      if (data[i + 3] > 200 && distance < 40) count++;
    }
    return count;
  });
}
