import type { Chart } from 'chart.js';
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

/** Draws a dashed line from top to bottom at a value of the x axis. @returns where, in pixels */
export function drawPlace(
  { ctx, chartArea: area, scales }: Chart<'line'>,
  value: number,
  theme: Theme,
): number {
  const x = scales.x!.getPixelForValue(value);
  ctx.save();
  ctx.strokeStyle = theme.muted;
  ctx.setLineDash([3, 3]);
  ctx.beginPath();
  ctx.moveTo(x, area.top);
  ctx.lineTo(x, area.bottom);
  ctx.stroke();
  ctx.restore();
  return x;
}
