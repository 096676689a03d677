import { defineDataset } from '../definition.ts';
import { csvRows } from '../rows.ts';

export default defineDataset({
  key: 'fashion200k',
  title: 'Fashion200K',
  page: 'https://github.com/xthan/fashion-200k',
  aliases: ['fashion_200k'],
  folders: ['fashion200k', 'fashion_200k'],
  annotations: ['train.csv', 'fashion200k_train.csv'],
  read: csvRows('img_path', 'img_id'),
  min: 3,
});
