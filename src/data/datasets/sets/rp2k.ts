import { defineDataset } from '../definition.ts';
import { csvRows } from '../rows.ts';

export default defineDataset({
  key: 'rp2k',
  title: 'RP2K retail products',
  page: 'https://www.pinlandata.com/rp2k_dataset',
  folders: ['rp2k'],
  annotations: ['train.csv'],
  read: csvRows('img_path', 'img_id'),
  path: (path) => `train/${path}`,
  min: 3,
  max: 100,
});
