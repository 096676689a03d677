import { defineDataset } from '../definition.ts';
import { csvRows } from '../rows.ts';

export default defineDataset({
  key: 'deep_fashion2',
  title: 'DeepFashion2 (after mdfe preprocess deep_fashion2)',
  page: 'https://github.com/switchablenorms/DeepFashion2',
  aliases: ['deepfashion2', 'deep-fashion2'],
  folders: ['deepfashion2', 'deep_fashion2'],
  annotations: ['train.csv'],
  madeBy: 'mdfe preprocess deep_fashion2 DIR',
  read: csvRows('img_path', 'label'),
  min: 3,
});
