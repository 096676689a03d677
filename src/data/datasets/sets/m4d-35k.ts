import { defineDataset } from '../definition.ts';
import { csvRows } from '../rows.ts';

/** 34.8k classes, 328.4k images out of Products-10k, GLDv2, DeepFashion and Stanford Cars refined by colour. */
export default defineDataset({
  key: 'm4d-35k',
  title: 'M4D-35K',
  page: 'https://github.com/morrisfl/mdfe',
  aliases: ['m4d_35k'],
  folders: [''],
  annotations: ['m4d-35k_train.csv', 'm4d_35k_train.csv', 'm4d-35k/m4d-35k_train.csv'],
  read: csvRows('img_path', 'label'),
});
