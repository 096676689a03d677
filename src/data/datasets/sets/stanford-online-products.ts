import { defineDataset } from '../definition.ts';
import { csvRows } from '../rows.ts';

export default defineDataset({
  key: 'spo',
  title: 'Stanford Online Products',
  page: 'https://cvgl.stanford.edu/projects/lifted_struct/',
  aliases: ['sop', 'stanford_online_products'],
  folders: ['stanford_online_products', 'Stanford_Online_Products'],
  annotations: ['Ebay_train.txt'],
  read: csvRows('path', 'class_id', { separator: ' ' }),
  min: 3,
});
