import { defineDataset } from '../definition.ts';
import { csvRows } from '../rows.ts';

export default defineDataset({
  key: 'gldv2',
  title: 'Google Landmarks v2',
  page: 'https://www.kaggle.com/c/landmark-recognition-2021',
  aliases: ['google_landmark_recognition_2021', 'google_landmarks_v2'],
  folders: ['google_landmark_recognition_2021', 'gldv2'],
  annotations: ['train.csv'],
  read: csvRows('id', 'landmark_id'),
  path: (id) => `train/${id[0]}/${id[1]}/${id[2]}/${id}.jpg`,
  min: 3,
  max: 100,
});
