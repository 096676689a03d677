export { DATASETS, findDataset } from './catalogue.ts';
export { Dataset, type Sample, type SetSummary } from './dataset.ts';
export type { DatasetDefinition } from './definition.ts';
export { knownDatasets } from './known-datasets.ts';
export { type LoadOptions, loadDatasets } from './load.ts';
