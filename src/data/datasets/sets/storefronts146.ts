import { defineDataset } from '../definition.ts';
import { csvRows } from '../rows.ts';

export default defineDataset({
  key: 'storefronts146',
  title: 'Storefronts-146',
  page: 'https://www.kaggle.com/datasets/kerrit/storefront-146',
  aliases: ['storefronts_146'],
  folders: ['storefronts_146', 'storefronts146'],
  annotations: ['storefronts146_train.csv', 'storefronts_146_train.csv'],
  read: csvRows('img_path', 'label'),
  min: 3,
});
