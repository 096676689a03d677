import { defineDataset } from '../definition.ts';
import { csvRows } from '../rows.ts';

export default defineDataset({
  key: 'food_rec22',
  title: 'Food Recognition 2022 (after mdfe preprocess food_rec22)',
  page: 'https://www.aicrowd.com/challenges/food-recognition-benchmark-2022',
  aliases: ['food_rec_22', 'fr22'],
  folders: ['fr22_train_v2', 'food_rec22'],
  annotations: ['train.csv'],
  madeBy: 'mdfe preprocess food_rec22 DIR',
  read: csvRows('img_path', 'label'),
});
