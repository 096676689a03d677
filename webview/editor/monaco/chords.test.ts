import { expect, it } from 'vitest';
import { Chords, type Key } from './chords.ts';

const key = (code: string, held = '', name = code): Key => ({
  key: name,
  code,
  ctrlKey: held.includes('ctrl'),
  metaKey: held.includes('meta'),
  shiftKey: held.includes('shift'),
  altKey: held.includes('alt'),
});
const K = key('KeyK', 'ctrl');

function chords() {
  const done: string[] = [];
  const made = new Chords<Key>({
    run: (action) => done.push(action),
    pass: (keys) => done.push(keys.map((k) => k.code).join(' ')),
  });
  return { made, done };
}

it("runs Monaco's own chords, also with the key held on a Mac", () => {
  const { made, done } = chords();
  expect([made.press(K, 0), made.press(key('KeyI', 'ctrl'), 100)]).toEqual([true, true]);
  expect([made.press(key('KeyK', 'meta'), 200), made.press(key('Digit0', 'meta'), 300)]).toEqual([
    true,
    true,
  ]);
  expect(done).toEqual(['editor.action.showHover', 'editor.foldAll']);
});

it('gives the others to VS Code, modifiers pressed between not counted', () => {
  const { made, done } = chords();
  made.press(K, 0);
  expect(made.press(key('ControlLeft', 'ctrl', 'Control'), 50)).toBe(false);
  expect(made.press(key('KeyS', 'ctrl'), 100)).toBe(true);
  made.press(K, 200);
  made.press(key('KeyZ'), 300);
  expect(done).toEqual(['KeyK KeyS', 'KeyK KeyZ']);
});

it('forgets the first key after Escape or a while, and leaves all other keys alone', () => {
  const { made, done } = chords();
  made.press(K, 0);
  expect(made.press(key('Escape'), 100)).toBe(true);
  expect(made.press(key('KeyS', 'ctrl'), 200)).toBe(false);
  made.press(K, 1000);
  expect(made.press(key('KeyS', 'ctrl'), 7000)).toBe(false);
  expect(made.press(key('KeyK', 'ctrl shift'), 8000)).toBe(false);
  expect(done).toEqual([]);
});
