import { defineDataset } from '../definition.ts';
import { csvRows } from '../rows.ts';

export default defineDataset({
  key: 'stanford_cars',
  title: 'Stanford Cars, refined by colour',
  page: 'https://ai.stanford.edu/~jkrause/cars/car_dataset.html',
  aliases: ['cars', 'stanford-cars'],
  folders: ['stanford_cars'],
  annotations: ['sc_train.csv'],
  read: csvRows('image', 'Label'),
  path: (image) => `cars_train/cars_train/${image}`,
  min: 3,
});
