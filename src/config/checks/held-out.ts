import { at, type Check } from './check.ts';

/** Images held out by a CSV need the CSV. */
export const heldOut: Check = (input) => {
  const { hold_out, csv_file } = input.effective.EVAL;
  if (hold_out !== 'csv' || csv_file !== '') return [];
  const path = input.has('EVAL.csv_file') ? 'EVAL.csv_file' : 'EVAL.hold_out';
  return [
    at(
      input,
      path,
      'config/eval-csv',
      'EVAL.hold_out is csv, so EVAL.csv_file must name the file with the held-out images',
      { expected: 'a CSV file relative to the data root', got: 'nothing' },
    ),
  ];
};
