/** Published weights: find, download, cache. */
export { HubCache } from './cache.ts';
export { type CheckpointKind, checkpointKind } from './checkpoint-kind.ts';
export { convertedCheckpoint } from './converted.ts';
export { adviseNewDownload } from './damaged.ts';
export { type HubHooks, hubFile } from './download.ts';
export { findLocalWeights, localDirOf, readLocalModel } from './local-dir.ts';
export type { HubAddress } from './names.ts';
export { type HubSettings, hubSettings } from './settings.ts';
export { type FoundWeights, findBackboneWeights, type WeightsHooks, type WeightsRequest } from './weights.ts';
