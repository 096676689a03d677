/** Mirrors [size, size, 3] bytes left to right, in place. */
export function flipHorizontally(pixels: Uint8Array, size: number): void {
  for (let row = 0; row < size; row++)
    for (let x = 0; x < size >> 1; x++) {
      const left = (row * size + x) * 3;
      const right = (row * size + size - 1 - x) * 3;
      for (let c = 0; c < 3; c++) {
        const held = pixels[left + c]!;
        pixels[left + c] = pixels[right + c]!;
        pixels[right + c] = held;
      }
    }
}
