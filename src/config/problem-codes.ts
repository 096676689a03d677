export type Severity = 'error' | 'warning' | 'information';

interface CodeDoc {
  readonly severity: Severity;
  readonly meaning: string;
}

/** Every problem that a configuration can have; docs/diagnostics.md explains them. */
export const PROBLEM_CODES = {
  'config/syntax': { severity: 'error', meaning: 'The text is not valid YAML.' },
  'config/tab': { severity: 'error', meaning: 'A tab indents a line; YAML allows spaces only.' },
  'config/too-large': {
    severity: 'error',
    meaning: 'The file, or a value after expanding its aliases, is far larger than a configuration can be.',
  },
  'config/too-deep': { severity: 'error', meaning: 'The text is nested deeper than any configuration.' },
  'config/empty': { severity: 'error', meaning: 'The file holds no section at all.' },
  'config/not-a-mapping': {
    severity: 'error',
    meaning: 'The file, or a section, is not a set of `key: value` lines.',
  },
  'config/empty-section': {
    severity: 'warning',
    meaning: 'A section has no keys; its defaults count. The Python system refuses it.',
  },
  'config/duplicate-key': {
    severity: 'error',
    meaning: 'A key is given twice in one section; the Python system would silently take the last.',
  },
  'config/alias': { severity: 'error', meaning: 'An alias has no anchor before it, or contains itself.' },
  'config/tag': { severity: 'error', meaning: 'A YAML tag that no configuration value can have.' },
  'config/unknown-key': { severity: 'error', meaning: 'There is no such key or section.' },
  'config/type': { severity: 'error', meaning: 'The value is of another type than the key.' },
  'config/value': { severity: 'error', meaning: 'The value is none of those allowed.' },
  'config/range': { severity: 'error', meaning: 'The number lies outside the bounds of the key.' },
  'config/length': { severity: 'error', meaning: 'The list or text is too short or too long.' },
  'config/ignored-key': {
    severity: 'information',
    meaning:
      'The key has no effect together with the other values, e.g. a margin that the chosen head does not read.',
  },
  'config/recomputed-key': {
    severity: 'information',
    meaning:
      'The key is computed from others or taken from the backbone, so that the value given here has no effect.',
  },
  'config/embedding-dim': {
    severity: 'warning',
    meaning: "The embedding has more than 64 numbers, the Kaggle challenge's limit.",
  },
  'config/margin-order': {
    severity: 'error',
    meaning: 'm_max is below m_min: frequent classes would get the larger margin.',
  },
  'config/save-epoch': {
    severity: 'warning',
    meaning: 'A checkpoint is asked for after an epoch that the training does not reach.',
  },
  'config/no-checkpoint': {
    severity: 'warning',
    meaning: 'No checkpoint is saved before the end of the training.',
  },
  'config/no-training': { severity: 'error', meaning: 'The training would have no step.' },
  'config/warmup-too-long': {
    severity: 'warning',
    meaning: 'The warm-up lasts longer than the training.',
  },
  'config/min-lr': {
    severity: 'warning',
    meaning: 'The floor of the cosine lies above its start: the rate would rise.',
  },
  'config/fine-tuning-lr': {
    severity: 'warning',
    meaning:
      'The learning rate is that of linear probing; it destroys a pretrained backbone that is trained too.',
  },
  'config/random-transform': {
    severity: 'information',
    meaning: 'A random transform with a frozen backbone costs a pass over the images for each stored view.',
  },
  'config/dataset': { severity: 'error', meaning: 'The data set is not known.' },
  'config/dataset-twice': {
    severity: 'error',
    meaning: 'A data set is named twice: its classes would count as different ones.',
  },
  'config/dataset-missing': {
    severity: 'warning',
    meaning: 'The data set is known, but not below the data folder.',
  },
  'config/file-missing': {
    severity: 'information',
    meaning: 'A file that the configuration names is not there; training writes it from the data.',
  },
  'config/gpu-ids': {
    severity: 'warning',
    meaning: 'Training is to be spread over GPUs that this machine does not have.',
  },
  'config/no-credentials': {
    severity: 'warning',
    meaning:
      'Checkpoints are to be uploaded, but nobody has signed in to Google Drive, and there is no client file to do so.',
  },
  'config/eval-csv': {
    severity: 'error',
    meaning: 'Images are held out by a CSV file, but no file is named.',
  },
  'config/sweep-empty': { severity: 'information', meaning: 'A sweep names no key to vary.' },
  'config/sweep-key': {
    severity: 'error',
    meaning:
      'The key cannot be swept: it does not change what is trained, or it would make the runs incomparable.',
  },
  'config/sweep-range': {
    severity: 'error',
    meaning:
      'The range of a swept key is incomplete, ends before it begins, is logarithmic from zero or below, or stands for a key that is no number.',
  },
  'config/sweep-repeated': { severity: 'warning', meaning: 'A swept key has a value twice in its list.' },
  'config/sweep-steps': {
    severity: 'error',
    meaning: 'A grid needs to know how many values it takes from a range.',
  },
  'config/sweep-runs': {
    severity: 'error',
    meaning: 'A random sweep over a range without steps needs to know how many runs to draw.',
  },
  'config/sweep-fewer-runs': {
    severity: 'information',
    meaning: 'The sweep has fewer combinations than the runs that were asked for.',
  },
  'config/sweep-many-runs': { severity: 'warning', meaning: 'The sweep has more than 100 runs.' },
  'config/sweep-too-many': { severity: 'error', meaning: 'The sweep has more than 10,000 runs.' },
  'config/sweep-invalid-run': {
    severity: 'error',
    meaning: 'Some values of the swept keys are invalid together, or with the rest of the file.',
  },
  'config/sweep-doubtful-run': {
    severity: 'warning',
    meaning: 'Some values of the swept keys are doubtful together, or with the rest of the file.',
  },
  'config/sweep-no-effect': {
    severity: 'warning',
    meaning: 'A swept key has no effect in some of the runs, because of another value.',
  },
  'config/sweep-by-loss': {
    severity: 'warning',
    meaning:
      'Nothing is held out, so that the runs are ranked by their training loss, but a swept key changes what the loss means.',
  },
  'config/model-unknown': { severity: 'error', meaning: 'The model is not known.' },
  'config/model-type': { severity: 'error', meaning: 'The model exists, but not in this family.' },
  'config/weights-missing': { severity: 'error', meaning: 'OpenCLIP models need a weights tag.' },
  'config/weights-unknown': { severity: 'error', meaning: 'The model has no weights of this tag.' },
  'config/output-dim': {
    severity: 'information',
    meaning: "output_dim differs from the backbone's width, which counts.",
  },
  'config/image-size-fixed': {
    severity: 'information',
    meaning: 'The model has a fixed input size of its own, which counts.',
  },
  'config/image-size': { severity: 'error', meaning: 'The image is smaller than one patch of the model.' },
  'config/unused-pixels': {
    severity: 'information',
    meaning: 'The patches of the model do not cover the whole image.',
  },
} as const satisfies Record<string, CodeDoc>;

export type ProblemCode = keyof typeof PROBLEM_CODES;
