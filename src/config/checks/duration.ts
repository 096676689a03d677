import { floorAtLeastOne, warmupIsInEpochs } from '../derived.ts';
import { at, type Check } from './check.ts';

/** A training of no step. */
export const duration: Check = (input) => {
  const { epoch_based, epochs, iterations } = input.effective.TRAIN;
  if (epoch_based && epochs === 0)
    return [
      at(input, 'TRAIN.epochs', 'config/no-training', 'TRAIN.epochs is 0: nothing would be trained', {
        expected: 'at least 1',
        got: '0',
        suggestion: '10',
      }),
    ];
  if (!epoch_based && iterations === 0) {
    const path = input.has('TRAIN.iterations') ? 'TRAIN.iterations' : 'TRAIN.epoch_based';
    return [
      at(
        input,
        path,
        'config/no-training',
        'TRAIN.epoch_based is False, so TRAIN.iterations must say how many steps to train',
        { expected: 'TRAIN.iterations of at least 1', got: '0' },
      ),
    ];
  }
  return [];
};

/** A warm-up longer than the training. */
export const warmupLength: Check = (input) => {
  const { TRAIN, SCHEDULER, DATALOADER } = input.effective;
  if (SCHEDULER.warmup === null || SCHEDULER.warmup_steps === 0) return [];
  const related = [TRAIN.epoch_based ? 'TRAIN.epochs' : 'TRAIN.iterations'];
  const tooLong = (message: string, path: string) => [
    at(input, path, 'config/warmup-too-long', message, { related }),
  ];
  if (warmupIsInEpochs(SCHEDULER)) {
    if (!TRAIN.epoch_based || TRAIN.epochs === 0 || SCHEDULER.warmup_steps <= TRAIN.epochs) return [];
    return tooLong(
      `the warm-up lasts ${SCHEDULER.warmup_steps} epochs, the training ${TRAIN.epochs}: lr is not reached before the end`,
      input.has('SCHEDULER.warmup_steps') ? 'SCHEDULER.warmup_steps' : 'TRAIN.epochs',
    );
  }
  const steps = floorAtLeastOne(SCHEDULER.seen_img_warmup / DATALOADER.batch_size);
  if (TRAIN.epoch_based || TRAIN.iterations === 0 || steps <= TRAIN.iterations) return [];
  return tooLong(
    `the warm-up lasts ${steps} steps, the training ${TRAIN.iterations}: lr is not reached before the end`,
    input.has('SCHEDULER.seen_img_warmup') ? 'SCHEDULER.seen_img_warmup' : 'SCHEDULER.warmup_steps',
  );
};
