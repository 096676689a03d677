// The fused probe step: neck, margin head, softmax cross-entropy, backward pass and optimizer in four stages over one
// shared memory. See docs/kernels.md. Small functions are exported only so that they stay functions: WebAssembly
// engines compile a function well after a few calls, but cannot replace one that is running.
export { embed, embedOnly, linearRows } from './embed';
export {
  centreLengths, cosinePanel, forward, forwardTile, largest, nearestCentres, partition, partitionTile,
} from './forward';
export {
  backward, centreStrip, chosenOffsets, denseCentres, featureStrip, groupByCentre, scaleRows, throughNormalisation,
} from './backward';
export { climb, neck, sumEmbeddingGradient, transposeColumns, weightLines } from './neck';
export { climbBytes, keepGradient, step } from './update';
export * from './entries';
