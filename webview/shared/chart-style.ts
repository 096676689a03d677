import type { Theme } from './theme.ts';

/** What makes chart.js fast and leaves its size to the page: points come sorted and as they are drawn. */
export const FAST = {
  animation: false,
  parsing: false,
  normalized: true,
  responsive: true,
  maintainAspectRatio: false,
} as const;

/** How the axes of all our charts look. */
export function axisStyle(theme: Theme) {
  return {
    grid: { color: theme.grid, drawTicks: false },
    border: { color: theme.grid },
    ticks: { color: theme.muted, font: { family: theme.font, size: 11 }, padding: 6, maxRotation: 0 },
  };
}
