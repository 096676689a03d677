import type { CompletionItem } from './completion-item.ts';
import type { LanguageContext } from './context.ts';
import { type Experiment, experimentYaml, TASKS, type Task } from './experiment.ts';
import { escapeSnippet } from './section-snippet.ts';

/** Whole experiments for an empty file. */
export function experimentItems(
  start: number,
  end: number,
  { models, datasets }: LanguageContext,
): CompletionItem[] {
  const model = models?.find('vit_base_patch14_dinov2') ?? models?.ofType('dinov2')[0];
  if (!model) return [];
  return (Object.keys(TASKS) as Task[]).map((task) => {
    const experiment: Experiment = {
      name: task,
      task,
      type: 'dinov2',
      model,
      datasets: [datasets?.names[0] ?? 'm4d-35k'],
      head: 'ArcFace',
    };
    const yaml = experimentYaml(experiment);
    return {
      label: `experiment: ${task}`,
      kind: 'experiment',
      insertText: escapeSnippet(yaml).replace(`name: ${task}`, `name: \${1:${task}}`),
      snippet: true,
      fromSchema: false,
      start,
      end,
      detail: 'whole configuration',
      documentation: `${TASKS[task]}.\n\n\`\`\`yaml\n${yaml}\`\`\``,
    };
  });
}
