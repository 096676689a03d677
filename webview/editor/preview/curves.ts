import type { HeadPreview, MarginPreview, SchedulePreview } from '../../../src/language/preview/types.ts';
import { formatCount, formatShort } from '../../shared/format.ts';
import type { Line, PlotContents } from './plot-contents.ts';

/** The learning rate, its checkpoints and the end of its warm-up. */
export function scheduleContents(schedule: SchedulePreview): PlotContents {
  const { curve, saves, warmupEnd, unit, saving, note } = schedule;
  const highest = curve.reduce((max, { y }) => Math.max(max, y), 0);
  const last = curve.at(-1)!;
  const end = warmupEnd === undefined ? '' : `, warm-up until ${unit.slice(0, -1)} ${formatShort(warmupEnd)}`;
  return {
    lines: [
      { label: 'learning rate', color: 'green', points: curve },
      ...(saves.length > 0
        ? [{ label: 'checkpoint', color: 'blue', points: saves, marks: true } as const]
        : []),
    ],
    ...(warmupEnd !== undefined && { at: { x: warmupEnd, label: 'end of the warm-up' } }),
    xTitle: unit,
    yTitle: 'learning rate',
    summary: `Learning rate over ${formatShort(last.x)} ${unit}: at most ${formatShort(highest)}, ${formatShort(last.y)} at the end${end}.`,
    note: [`${saving}.`, note].filter(Boolean).join(' '),
  };
}

const COLORS = { target: ['blue', 'purple', 'green'], others: ['yellow', 'green'] } as const;
const DASHES = [[], [10, 4], [3, 3], [10, 3, 3, 3]] as const;

/** Logits over the angle. */
export function headContents({ name, curves, note }: HeadPreview): PlotContents {
  const used = { target: 0, others: 0 };
  const lines: Line[] = curves.map(({ label, of, logits }, i) => ({
    label,
    color: COLORS[of][used[of]++ % COLORS[of].length]!,
    points: logits.map((y, x) => ({ x, y })),
    dash: DASHES[i % DASHES.length]!,
  }));
  const at90 = curves.map(({ label, logits }) => `${label} ${formatShort(logits[90])}`).join(', ');
  return {
    lines,
    xTitle: 'angle to the class centre, degrees',
    yTitle: 'logit',
    summary: `Logits of ${name} against the angle to the class centre. At 90 degrees: ${at90}.`,
    note,
  };
}

/** Margin over the size of a class, and how many classes there are of each. */
export function marginContents({ curve, classes, note }: MarginPreview): PlotContents {
  const [first, last] = [curve[0]!, curve.at(-1)!];
  return {
    lines: [
      { label: 'margin', color: 'blue', points: curve },
      ...(classes.length > 0
        ? [{ label: 'classes', color: 'yellow', points: classes, levels: true } as const]
        : []),
    ],
    xTitle: 'images of the class',
    yTitle: 'margin, radians',
    ...(classes.length > 0 && { levelsTitle: 'classes' }),
    summary: `Margin by the size of the class: ${formatShort(first.y)} at ${formatCount(first.x)} images, ${formatShort(last.y)} at ${formatCount(last.x)}.`,
    note,
  };
}
