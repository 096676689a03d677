import { configFields, type Field } from '../schema/fields.ts';

/** Keys and sections that no sweep varies, and why. */
const FIXED: Readonly<Record<string, string>> = {
  SWEEP: 'a sweep does not sweep itself',
  'MODEL.name': 'each run gets a name of its own',
  'MODEL.output_dir': 'the runs of a sweep lie in one folder (--output-dir)',
  'MODEL.cloud_upload': 'it decides where results go, not what is trained',
  'MODEL.BACKBONE.network_arch': "it is used in a run's name only",
  'MODEL.BACKBONE.output_dim': 'the backbone decides it',
  'DATASET.root': 'the command line names the data folder (DATA_DIR)',
  'DATALOADER.num_workers': 'it decides how fast images are read, not what is trained',
  'TRANSFORM.mean': 'the backbone decides it',
  'TRANSFORM.std': 'the backbone decides it',
  'TRAIN.save_epoch': 'it decides what is kept, not what is trained',
  'TRAIN.save_iter': 'it is computed from seen_img_save',
  'TRAIN.seen_img_save': 'it decides what is kept, not what is trained',
  'TRAIN.print_freq': 'it decides what is logged, not what is trained',
  'TRAIN.device': 'the command line names the device (--device)',
  'TRAIN.gpu_ids': 'the command line names the device (--device)',
  'TRAIN.data_parallel': 'the command line names the device (--device)',
  GOOGLE_DRIVE: 'it decides where results go, not what is trained',
  EVAL: 'the runs would not be scored alike',
};

/** Keys of fixed sections that may vary all the same. */
const FREE: ReadonlySet<string> = new Set(['EVAL.patience']);

/** Why a sweep cannot vary the key; undefined where it can. */
export function whyFixed(path: string): string | undefined {
  if (FREE.has(path)) return undefined;
  return FIXED[path] ?? FIXED[path.split('.')[0]!];
}

/** The keys that a sweep can vary, by path, in order. */
export const sweepableFields: ReadonlyMap<string, Field> = new Map(
  [...configFields].filter(([path]) => whyFixed(path) === undefined),
);
