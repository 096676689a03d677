import { defineDataset } from '../definition.ts';
import { csvRows } from '../rows.ts';

export default defineDataset({
  key: 'shopee',
  title: 'Shopee price match guarantee',
  page: 'https://www.kaggle.com/c/shopee-product-matching',
  folders: ['shopee'],
  annotations: ['train.csv'],
  read: csvRows('image', 'label_group'),
  path: (image) => `train_images/${image}`,
  min: 3,
});
