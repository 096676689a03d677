import { floatRepr } from '../python/value.ts';
import { at, type Check } from './check.ts';

/** A cosine that rises. */
export const minLr: Check = (input) => {
  const { OPTIMIZER, SCHEDULER } = input.effective;
  if (SCHEDULER.name !== 'cosine' || SCHEDULER.min_lr <= OPTIMIZER.lr) return [];
  const path =
    !input.has('SCHEDULER.min_lr') && input.has('OPTIMIZER.lr') ? 'OPTIMIZER.lr' : 'SCHEDULER.min_lr';
  return [
    at(
      input,
      path,
      'config/min-lr',
      `min_lr (${floatRepr(SCHEDULER.min_lr)}) is above lr (${floatRepr(OPTIMIZER.lr)}): the learning rate would rise`,
      { expected: 'min_lr at most lr', related: ['OPTIMIZER.lr'] },
    ),
  ];
};

/** Above this rate Adam moves every pretrained weight by more than fine-tuning needs. */
const FINE_TUNING_LIMIT = 1e-3;

/** A probing rate on a backbone that is trained too. */
export const fineTuningLr: Check = (input) => {
  const { MODEL, OPTIMIZER } = input.effective;
  if (MODEL.BACKBONE.freeze_backbone || OPTIMIZER.name === 'SGD' || OPTIMIZER.lr <= FINE_TUNING_LIMIT)
    return [];
  const given = input.has('OPTIMIZER.lr');
  return [
    at(
      input,
      given ? 'OPTIMIZER.lr' : 'MODEL.BACKBONE.freeze_backbone',
      'config/fine-tuning-lr',
      `lr ${floatRepr(OPTIMIZER.lr)} is a rate for linear probing; with freeze_backbone False it destroys the pretrained weights`,
      {
        expected: 'about 1e-05 to 1e-04',
        got: floatRepr(OPTIMIZER.lr),
        related: ['MODEL.BACKBONE.freeze_backbone'],
        ...(given && { suggestion: '1e-5' }),
      },
    ),
  ];
};
