import { defineDataset } from '../definition.ts';
import { field, items, jsonRows, text } from '../rows.ts';

export default defineDataset({
  key: 'met_art',
  title: 'The Met',
  page: 'http://cmp.felk.cvut.cz/met/',
  aliases: ['met', 'met_dataset'],
  folders: ['met_dataset', 'met_art'],
  annotations: ['ground_truth/MET_database.json'],
  /** [{id, path}] */
  read: jsonRows(function* (root) {
    for (const item of items(root)) yield [text(field(item, 'path')), text(field(item, 'id'))];
  }),
  path: (path) => `MET/${path}`,
  min: 3,
});
