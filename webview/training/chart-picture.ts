import { readTheme, type Theme, withAlpha } from '../shared/theme.ts';

/** An entry of a legend: its colour as a class name, and its words. */
export interface PictureLegend {
  readonly look: string;
  readonly text: string;
}

const LINE = 18; // CSS pixels

/** A chart under its title and legend on the colour of the page, as a PNG in base64. */
export function chartPicture(
  chart: HTMLCanvasElement,
  title: string,
  legend: readonly PictureLegend[],
): string {
  const scale = chart.width / Math.max(1, chart.clientWidth);
  const theme = readTheme();
  const picture = document.createElement('canvas');
  const context = picture.getContext('2d');
  if (!context) throw new Error('internal: no canvas');
  const width = chart.width / scale;
  context.font = `12px ${theme.font}`;
  const places = arrange(
    legend.map(({ text }) => 40 + context.measureText(text).width),
    width - 20,
  );
  const head = 36 + LINE * ((places.at(-1)?.row ?? 0) + 1);
  picture.width = chart.width;
  picture.height = chart.height + head * scale;
  context.scale(scale, scale);
  context.fillStyle = getComputedStyle(document.body).backgroundColor;
  context.fillRect(0, 0, width, picture.height / scale);
  context.fillStyle = theme.foreground;
  context.font = `600 13px ${theme.font}`;
  context.fillText(title, 10, 22, width - 20);
  context.font = `12px ${theme.font}`;
  legend.forEach(({ look, text }, i) => {
    const { x, row } = places[i]!;
    const y = 30 + LINE * (row + 0.5);
    context.fillStyle = colorOf(look, theme);
    context.fillRect(10 + x, y - 2, 14, 3);
    context.fillStyle = theme.foreground;
    context.fillText(text, 30 + x, y + 4);
  });
  context.drawImage(chart, 0, head, width, chart.height / scale);
  return picture.toDataURL('image/png').slice('data:image/png;base64,'.length);
}

function colorOf(look: string, theme: Theme): string {
  const name = look.split(' ')[0] ?? '';
  if (name === 'faint') return withAlpha(theme.series.blue, 0.45);
  return name in theme.series ? theme.series[name as keyof Theme['series']] : 'transparent';
}

/** Places boxes of these widths from left to right, in as many rows as they need. */
export function arrange(widths: readonly number[], available: number): { x: number; row: number }[] {
  let x = 0;
  let row = 0;
  return widths.map((width) => {
    if (x > 0 && x + width > available) {
      x = 0;
      row++;
    }
    const place = { x, row };
    x += width;
    return place;
  });
}
