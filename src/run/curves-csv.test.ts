import { expect, it } from 'vitest';
import { curvesCsv } from './curves-csv.ts';

it('writes a line a step at full precision', () => {
  expect(curvesCsv({ loss: [0.1 + 0.2, 1], lrAfter: [1e-7, 0.5] })).toBe(
    'step,loss,lr\n1,0.30000000000000004,1e-7\n2,1,0.5\n',
  );
  expect(curvesCsv({ loss: [], lrAfter: [] })).toBe('step,loss,lr\n');
});
