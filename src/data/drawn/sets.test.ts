import { expect, test } from 'vitest';
import { classesOf, DRAWN_SETS } from './sets.ts';

test('the backbone is pretrained on no class and no drawing of the demonstration', async () => {
  const demo = (await classesOf(DRAWN_SETS.demo)).classes;
  const pretraining = (await classesOf(DRAWN_SETS.pretraining)).classes;
  const drawings = (classes: typeof demo) => classes.flatMap((c) => c.drawings);
  const names = new Set(demo.map(({ name }) => name));
  const bodies = new Set(drawings(demo).map(({ body }) => body));
  expect(pretraining.filter(({ name }) => names.has(name))).toEqual([]);
  expect(drawings(pretraining).filter(({ body }) => bodies.has(body))).toEqual([]);
  expect(demo.length).toBe(240);
  expect(pretraining.length).toBe(738);
});
