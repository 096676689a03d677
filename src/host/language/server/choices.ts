import { internalError } from '../../../common/errors.ts';
import { knownModels } from '../../../config/known-models.ts';
import type { MachineFacts } from '../../../config/registries.ts';
import { configFields } from '../../../config/schema/fields.ts';
import { knownDatasets } from '../../../data/datasets/index.ts';
import { HEAD_NAMES, type HeadName } from '../../../heads/head.ts';
import { datasetItems } from '../../../language/dataset-items.ts';
import { experimentYaml, TASKS, type Task } from '../../../language/experiment.ts';
import { modelLine } from '../../../language/markdown.ts';
import { BACKBONE_TYPES, type BackboneType } from '../../../models/types.ts';
import type { Choice, ExperimentChoices, ExperimentRequest } from '../protocol.ts';

/** What a new experiment can be made of, with figures. */
export function experimentChoices(machine: MachineFacts): ExperimentChoices {
  return {
    tasks: (Object.keys(TASKS) as Task[]).map((name) => ({ name, description: TASKS[name] })),
    types: described('MODEL.BACKBONE.type').map((choice) => ({
      ...choice,
      models: knownModels.ofType(choice.name as BackboneType).map((model) => ({
        name: model.name,
        description: modelLine(model),
        tags: model.tags,
        ...(model.defaultTag !== undefined && { defaultTag: model.defaultTag }),
      })),
    })),
    datasets: datasetItems({ datasets: knownDatasets, machine }).map(({ label, detail }) => {
      const title = knownDatasets.about?.(label)?.title ?? '';
      return { name: label, description: detail === 'data set' ? title : `${title}: ${detail}` };
    }),
    heads: described('MODEL.HEAD.name'),
  };
}

/** @throws an internal error for names that were not among the choices */
export function newExperiment(request: ExperimentRequest): string {
  const model = knownModels.find(request.model);
  const type = BACKBONE_TYPES.find((known) => known === request.type);
  const head = HEAD_NAMES.find((known): known is HeadName => known === request.head);
  if (!model || !type || !head) throw internalError(`no such experiment: ${JSON.stringify(request)}`);
  return experimentYaml({ ...request, model, type, head });
}

/** The values of a key with their meanings. */
function described(path: string): Choice[] {
  const field = configFields.get(path)!;
  return field.allowed!.map((value, i) => ({
    name: String(value),
    description: field.meta.enumDescriptions?.[i] ?? '',
  }));
}
