import { at, type Check } from './check.ts';

/** What a random transform costs when the features could be stored. */
export const randomTransform: Check = (input) => {
  const { MODEL, TRANSFORM } = input.effective;
  if (!MODEL.BACKBONE.freeze_backbone || TRANSFORM.name === 'openai-clip') return [];
  return [
    at(
      input,
      'TRANSFORM.name',
      'config/random-transform',
      `${TRANSFORM.name} draws a new crop for every epoch, so the frozen backbone runs once per epoch; --views V stores and reuses V crops, openai-clip needs one pass`,
      { related: ['MODEL.BACKBONE.freeze_backbone'] },
    ),
  ];
};
