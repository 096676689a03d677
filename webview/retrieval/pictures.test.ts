import { describe, expect, it } from 'vitest';
import { Pictures } from './pictures.ts';

const picture = (image: number) => ({ type: 'thumbnail', image, data: 'x', problem: '' }) as const;

describe('Pictures', () => {
  it('asks for what is missing, once', () => {
    const asked: (readonly number[])[] = [];
    const pictures = new Pictures((images) => asked.push(images));
    pictures.add(picture(1));
    pictures.want([1, 2, 2, 3]);
    pictures.want([1, 2, 3]);
    pictures.add(picture(2));
    pictures.want([2, 3]);
    pictures.add(picture(3));
    pictures.want([3]);
    expect(asked).toEqual([[2, 3], [3]]);
  });

  it('keeps those used last', () => {
    const pictures = new Pictures(() => undefined);
    for (let i = 0; i < 1500; i++) pictures.add(picture(i));
    pictures.get(0);
    pictures.add(picture(1500));
    expect(pictures.get(0)).toBeDefined();
    expect(pictures.get(1)).toBeUndefined();
  });
});
