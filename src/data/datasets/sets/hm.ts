import { defineDataset } from '../definition.ts';
import { csvRows } from '../rows.ts';

export default defineDataset({
  key: 'hm',
  title: 'H&M personalized fashion',
  page: 'https://www.kaggle.com/c/h-and-m-personalized-fashion-recommendations',
  aliases: ['h_and_m', 'hm_personalized_fashion'],
  folders: ['hm_personalized_fashion', 'hm'],
  annotations: ['articles.csv'],
  read: csvRows('article_id', 'product_code'),
  path: (id) => `images/${id.slice(0, 3)}/${id}.jpg`,
  textLabels: true,
  min: 3,
});
