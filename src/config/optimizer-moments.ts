import type { OptimizerName } from './names.ts';

/** Running moments that an optimizer keeps of each weight, by the names under which PyTorch and checkpoints have them. */
export function optimizerMoments(optimizer: {
  readonly name: OptimizerName;
  readonly momentum: number;
}): readonly string[] {
  if (optimizer.name !== 'SGD') return ['exp_avg', 'exp_avg_sq'];
  return optimizer.momentum === 0 ? [] : ['momentum_buffer'];
}

/** Sharpness-aware minimisation: two passes a step. */
export function usesSam({ name }: { readonly name: OptimizerName }): boolean {
  return name === 'SAM_Adam' || name === 'SAM_AdamW';
}
