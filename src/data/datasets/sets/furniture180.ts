import { defineDataset } from '../definition.ts';
import { csvRows } from '../rows.ts';

export default defineDataset({
  key: 'furniture180',
  title: 'Furniture-180',
  page: 'https://www.kaggle.com/datasets/andreybeyn/qudata-gi-furniture-180',
  aliases: ['furniture_180'],
  folders: ['furniture_180', 'furniture180'],
  annotations: ['furniture180_train.csv', 'furniture_180_train.csv'],
  read: csvRows('img_path', 'label'),
});
