import type { ParsedConfig } from '../config/parse.ts';
import type { Problem } from '../config/problem.ts';
import type { LanguageContext } from './context.ts';
import type { Task } from './experiment.ts';
import { previewDuration } from './preview/duration.ts';
import { formGroups } from './preview/form.ts';
import { previewHead } from './preview/head-curves.ts';
import { previewMargins } from './preview/margins.ts';
import { previewSchedule } from './preview/schedule-curve.ts';
import { previewSizes } from './preview/sizes.ts';
import { previewSweep } from './preview/sweep.ts';
import { assumeData, taskOf } from './preview/training-facts.ts';
import type {
  Figure,
  FormGroup,
  HeadPreview,
  MarginPreview,
  SchedulePreview,
  SizePreview,
  SweepPreview,
} from './preview/types.ts';
import { brokenLine } from './readable.ts';
import { currentModel } from './value-items.ts';

/** What the experiment editor shows beside the text: plain data, because it goes from the worker to the page. */
export interface ExperimentPreview {
  /** Line from which on the text is no YAML: everything but the problems is then a guess. Absent where it is. */
  readonly brokenLine?: number;
  /** In the order of the file. */
  readonly problems: readonly Problem[];
  readonly task: Task;
  /** Why figures that depend on the data are missing. */
  readonly missing?: string;
  readonly form: readonly FormGroup[];
  /** Steps, images and time. */
  readonly duration: readonly Figure[];
  readonly sizes: SizePreview;
  /** Absent where nothing is trained. */
  readonly schedule?: SchedulePreview;
  /** Absent unless the head's margin depends on the class. */
  readonly margins?: MarginPreview;
  readonly head: HeadPreview;
  /** Absent without a sweep. */
  readonly sweep?: SweepPreview;
}

/** Figures and curves of a configuration, from the values that count. Never throws: what is not known is said. */
export function experimentPreview(
  text: string,
  parsed: ParsedConfig,
  context: LanguageContext = {},
): ExperimentPreview {
  const { effective: config, problems } = parsed;
  const task = taskOf(parsed);
  const data = assumeData(config, context);
  const model = currentModel(config, context);
  const schedule = previewSchedule(config, data);
  const margins = previewMargins(config, data);
  const broken = brokenLine(parsed);
  const sweep = previewSweep(parsed, context);
  return {
    ...(broken !== undefined && { brokenLine: broken }),
    problems,
    task,
    ...(data.missing !== undefined && { missing: data.missing }),
    form: formGroups(text, parsed, context),
    duration: previewDuration(config, data, model, context.machine?.runs ?? []),
    sizes: previewSizes(config, data, model),
    ...(schedule && { schedule }),
    ...(margins && { margins }),
    head: previewHead(config, data),
    ...(sweep && { sweep }),
  };
}
