import type { Theme } from './theme.ts';

/** How the axes of all our charts look. */
export function axisStyle(theme: Theme) {
  return {
    grid: { color: theme.grid, drawTicks: false },
    border: { color: theme.grid },
    ticks: { color: theme.muted, font: { family: theme.font, size: 11 }, padding: 6, maxRotation: 0 },
  };
}
