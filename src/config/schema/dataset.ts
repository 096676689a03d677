import { section, strs, text } from './field.ts';

export const datasetSection = section(
  {
    root: text('/data', {
      filled: true,
      description: "Folder of the data sets; the command line's DATA_DIR replaces it.",
      source: 'data sets',
      aliases: ['data_dir', 'dir', 'path'],
    }),
    names: strs(['m4d-35k'], {
      filled: true,
      description: 'Data sets to train on, concatenated in this order.',
      details: 'Classes of different sets are different classes: labels continue from one set to the next.',
      source: 'data sets',
      aliases: ['name', 'datasets', 'dataset'],
    }),
    cls_dist_file: text('data/m4d-35k_samples_per_cls.csv', {
      description: 'CSV with the number of images of every class; written if missing.',
      details: 'DynM-ArcFace derives its margins from these numbers.',
      source: 'DynM-ArcFace',
      usedWhen: { key: 'MODEL.HEAD.name', is: ['DynM-ArcFace'] },
      aliases: ['class_distribution_file', 'dist_file'],
    }),
  },
  { description: 'What to train on.' },
);
