const SECTIONS =
  'MODEL|BACKBONE|NECK|HEAD|DATASET|DATALOADER|TRANSFORM|TRAIN|LOSS|OPTIMIZER|SCHEDULER|GOOGLE_DRIVE|EVAL|SWEEP';

/** A line that only opens a section of ours, or the keys of a sweep: what follows stands deeper. */
export const SECTION_HEAD = new RegExp(`^\\s*(${SECTIONS}|keys):\\s*(#.*)?$`);
