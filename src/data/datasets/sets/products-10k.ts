import { defineDataset } from '../definition.ts';
import { csvRows } from '../rows.ts';

export default defineDataset({
  key: 'products_10k',
  title: 'Products-10K',
  page: 'https://products-10k.github.io',
  aliases: ['products-10k', 'products10k'],
  folders: ['products-10k', 'products_10k'],
  annotations: ['train.csv'],
  read: csvRows('name', 'class'),
  path: (name) => `train/${name}`,
  min: 3,
});
