import { expect, test } from 'vitest';
import { InputState, PATIENCE } from './input-state.ts';

test('shows the value of the file', () => {
  const state = new InputState('1');
  expect(state.show('2', false, 0)).toBe('2');
  expect(state.show('3', true, 0)).toBe('3');
});

test('what is being typed stays while the file changes', () => {
  const state = new InputState('1');
  state.type('12');
  expect(state.show('5', true, 0)).toBe('12');
  expect(state.isTyped).toBe(true);
  expect(state.drop()).toBe('5');
});

test('what was written stays until the file has it', () => {
  const state = new InputState('0.002');
  state.type('2e-2');
  state.write('2e-2', 0);
  expect(state.show('0.002', false, 10)).toBe('2e-2'); // an answer that was on its way already
  expect(state.show('0.02', false, 20)).toBe('0.02');
  expect(state.show('0.03', false, 30)).toBe('0.03');
});

test('what was written and never came gives way', () => {
  const state = new InputState('1');
  state.write('2', 0);
  expect(state.show('1', false, 100)).toBe('2');
  expect(state.show('1', false, PATIENCE)).toBe('1');
});

test('what cannot be written stays until the file gives another value', () => {
  const state = new InputState('1');
  state.type('many');
  expect(state.show('1', false, 0)).toBe('many');
  expect(state.show('2', false, 0)).toBe('2');
  expect(state.isTyped).toBe(false);
});
