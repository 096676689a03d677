import { floorAtLeastOne } from '../derived.ts';
import { at, type Check } from './check.ts';

/** Epochs to save after that never come, or no checkpoint before the end. */
export const saveEpochs: Check = (input) => {
  const { epoch_based, epochs, save_epoch } = input.effective.TRAIN;
  if (!epoch_based || epochs === 0) return [];
  const beyond = save_epoch.filter((epoch) => epoch > epochs);
  const kept = save_epoch.filter((epoch) => epoch <= epochs);
  // The default list is nobody's wish: it is cut to the epochs there are without a word.
  if (!input.has('TRAIN.save_epoch')) return [];
  if (kept.length === 0)
    return [
      at(
        input,
        'TRAIN.save_epoch',
        'config/no-checkpoint',
        `none of the epochs to save after is among the ${epochs} that are trained`,
        {
          expected: `epochs from 1 to ${epochs}`,
          got: `[${save_epoch.join(', ')}]`,
          suggestion: `[${epochs}]`,
          related: ['TRAIN.epochs'],
        },
      ),
    ];
  if (beyond.length === 0) return [];
  return [
    at(
      input,
      'TRAIN.save_epoch',
      'config/save-epoch',
      `the training ends after epoch ${epochs}; ${beyond.join(', ')} ${beyond.length > 1 ? 'are' : 'is'} never reached`,
      {
        expected: `epochs from 1 to ${epochs}`,
        got: beyond.join(', '),
        suggestion: `[${kept.join(', ')}]`,
        related: ['TRAIN.epochs'],
      },
    ),
  ];
};

/** Iteration-based: the interval is always derived from the number of images. */
export const saveIterations: Check = (input) => {
  const { epoch_based, iterations, save_iter, seen_img_save } = input.effective.TRAIN;
  if (epoch_based) return [];
  const every = floorAtLeastOne(seen_img_save / input.effective.DATALOADER.batch_size);
  const problems = [];
  if (input.has('TRAIN.save_iter') && save_iter !== every)
    problems.push(
      at(
        input,
        'TRAIN.save_iter',
        'config/recomputed-key',
        `save_iter is computed as floor(seen_img_save / batch_size) = ${every}; set TRAIN.seen_img_save instead`,
        { expected: String(every), got: String(save_iter), suggestion: String(every) },
      ),
    );
  if (iterations > 0 && every > iterations)
    problems.push(
      at(
        input,
        input.has('TRAIN.seen_img_save') ? 'TRAIN.seen_img_save' : 'TRAIN.iterations',
        'config/no-checkpoint',
        `a checkpoint is due every ${every} steps, but the training has ${iterations} only`,
        { expected: `TRAIN.seen_img_save at most ${iterations * input.effective.DATALOADER.batch_size}` },
      ),
    );
  return problems;
};
