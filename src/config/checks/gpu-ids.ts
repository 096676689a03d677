import { counted } from '../../common/counted.ts';
import { at, type Check } from './check.ts';

/** GPUs to train on that this machine does not have. */
export const gpuIds: Check = (input) => {
  const { data_parallel, gpu_ids } = input.effective.TRAIN;
  const gpus = input.machine?.gpus;
  if (gpus === undefined || !data_parallel) return [];
  const absent = gpu_ids.filter((id) => id >= gpus);
  if (absent.length === 0) return [];
  const present = gpu_ids.filter((id) => id < gpus);
  return [
    at(
      input,
      input.has('TRAIN.gpu_ids') ? 'TRAIN.gpu_ids' : 'TRAIN.data_parallel',
      'config/gpu-ids',
      `this machine has ${gpus === 0 ? 'no CUDA GPU' : counted(gpus, 'CUDA GPU')}; ${absent.join(', ')} ${absent.length === 1 ? 'does' : 'do'} not exist`,
      {
        expected: gpus === 0 ? 'TRAIN.data_parallel: False' : `numbers from 0 to ${gpus - 1}`,
        got: `[${gpu_ids.join(', ')}]`,
        ...(present.length > 0 && input.has('TRAIN.gpu_ids') && { suggestion: `[${present.join(', ')}]` }),
      },
    ),
  ];
};
