import { at, type Check } from './check.ts';

/** The Google Universal Image Embedding Challenge takes at most this many numbers. */
export const CHALLENGE_LIMIT = 64;

export const embeddingDim: Check = (input) => {
  const dim = input.effective.MODEL.embedding_dim;
  if (dim <= CHALLENGE_LIMIT) return [];
  return [
    at(
      input,
      'MODEL.embedding_dim',
      'config/embedding-dim',
      `an embedding of ${dim} numbers cannot be submitted to the Kaggle challenge, which takes at most ${CHALLENGE_LIMIT}`,
      { expected: `at most ${CHALLENGE_LIMIT}`, got: String(dim), suggestion: String(CHALLENGE_LIMIT) },
    ),
  ];
};
