import { defineDataset } from '../definition.ts';
import { entries, items, jsonRows, text } from '../rows.ts';

export default defineDataset({
  key: 'deep_fashion',
  title: 'DeepFashion, consumer to shop',
  page: 'https://mmlab.ie.cuhk.edu.hk/projects/DeepFashion.html',
  aliases: ['deepfashion', 'deep-fashion'],
  folders: ['deepfashion', 'deep_fashion'],
  annotations: ['deepfashion_train.json'],
  /** {group: {id: [paths]}} */
  read: jsonRows(function* (root) {
    for (const [, ids] of entries(root))
      for (const [id, paths] of entries(ids)) for (const path of items(paths)) yield [text(path), id];
  }),
  order: 'file',
  textLabels: true,
  min: 3,
});
