import { defineDataset } from '../definition.ts';
import { entries, items, jsonRows, text } from '../rows.ts';

export default defineDataset({
  key: 'food101',
  title: 'Food-101',
  page: 'https://data.vision.ee.ethz.ch/cvl/datasets_extra/food-101/',
  aliases: ['food-101', 'food_101'],
  folders: ['food-101', 'food101'],
  annotations: ['meta/test.json'],
  /** {class: ["class/id"]} */
  read: jsonRows(function* (root) {
    for (const [name, images] of entries(root)) for (const image of items(images)) yield [text(image), name];
  }),
  path: (image) => `images/${image}.jpg`,
  textLabels: true,
});
