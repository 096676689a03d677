export { cacheFolder } from '../common/cache-dir.ts';
export { frozenBackbone } from './backbone.ts';
export { prepareFeatures } from './prepare.ts';
export type {
  FeatureHooks,
  FeatureProgress,
  FeatureRequest,
  FeatureResult,
  FrozenBackbone,
  InferenceEngine,
} from './request.ts';
export type { FeatureStore } from './store.ts';
