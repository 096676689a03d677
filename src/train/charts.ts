import { createRequire } from 'node:module';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import { Chart, type ChartConfiguration, registerables } from 'chart.js';
import { writeAtomically } from '../common/atomic-file.ts';
import type { RunHistory } from '../run/history.ts';
import { runFile } from '../run/paths.ts';

const WIDTH = 1200; // pixels
const HEIGHT = 700;
const MAX_POINTS = 2_000;

/** Draws `train_loss.png` and `lrs_scheduling.png` into the run folder. */
export async function drawCharts(runDir: string, history: RunHistory): Promise<void> {
  const loss = thin(history.loss);
  await draw(runFile(runDir, 'lossChart'), 'Training loss', 'cross-entropy', [
    { label: 'loss per step', points: loss, color: '#9bbce0', width: 1 },
    { label: 'mean per epoch', points: epochMeans(history), color: '#d1495b', width: 2.5 },
  ]);
  await draw(runFile(runDir, 'rateChart'), 'Learning rate', 'learning rate after the step', [
    { label: 'learning rate', points: thin(history.lrAfter), color: '#2e86ab', width: 2 },
  ]);
}

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Line {
  readonly label: string;
  readonly points: readonly Point[];
  readonly color: string;
  readonly width: number;
}

/** Smallest and largest value of each bucket, so that spikes stay visible; x counts steps from 1. */
export function thin(values: readonly number[], maxPoints = MAX_POINTS): Point[] {
  if (values.length <= maxPoints) return values.map((y, i) => ({ x: i + 1, y }));
  const bucket = Math.ceil((2 * values.length) / maxPoints);
  const points: Point[] = [];
  for (let from = 0; from < values.length; from += bucket) {
    const to = Math.min(from + bucket, values.length);
    let low = from;
    let high = from;
    for (let i = from; i < to; i++) {
      if (values[i]! < values[low]!) low = i;
      if (values[i]! > values[high]!) high = i;
    }
    for (const i of low === high ? [low] : [Math.min(low, high), Math.max(low, high)])
      points.push({ x: i + 1, y: values[i]! });
  }
  return points;
}

function epochMeans(history: RunHistory): Point[] {
  const stepsPerEpoch = history.start?.stepsPerEpoch ?? 1;
  return history.epochs.map(({ epoch, meanLoss }) => ({ x: epoch * stepsPerEpoch, y: meanLoss }));
}

async function draw(path: string, title: string, unit: string, lines: readonly Line[]): Promise<void> {
  prepare();
  const canvas = createCanvas(WIDTH, HEIGHT);
  const config: ChartConfiguration<'line', Point[]> = {
    type: 'line',
    data: {
      datasets: lines.map(({ label, points, color, width }) => ({
        label,
        data: [...points],
        borderColor: color,
        backgroundColor: color,
        borderWidth: width,
      })),
    },
    options: {
      animation: false,
      responsive: false,
      parsing: false,
      normalized: true,
      font: { family: FONT, size: 16 },
      elements: { point: { radius: 0 } },
      plugins: {
        title: { display: true, text: title, font: { family: FONT, size: 22 } },
        legend: { labels: { font: { family: FONT, size: 15 } } },
      },
      scales: {
        x: { type: 'linear', min: 0, title: { display: true, text: 'step' } },
        y: { type: 'linear', title: { display: true, text: unit } },
      },
    },
    plugins: [
      {
        id: 'white-paper',
        beforeDraw: ({ ctx }) => {
          ctx.fillStyle = '#ffffff';
          ctx.fillRect(0, 0, WIDTH, HEIGHT);
        },
      },
    ],
  };
  // chart.js draws on any canvas of the standard interface; its types name the browser's only.
  const chart = new Chart(canvas.getContext('2d') as unknown as CanvasRenderingContext2D, config);
  const png = await canvas.encode('png');
  chart.destroy();
  await writeAtomically(path, png);
}

const FONT = 'DejaVu Sans';
let prepared = false;

/** A machine without any installed font would draw empty boxes, so the font comes with us. */
function prepare(): void {
  if (prepared) return;
  Chart.register(...registerables);
  GlobalFonts.registerFromPath(
    createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
    FONT,
  );
  prepared = true;
}
