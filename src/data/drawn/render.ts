import sharp from 'sharp';
import type { Rng } from '../../common/rng.ts';
import type { Drawing } from './icon-sets.ts';

/**
 * A drawing as a square JPEG photograph of sorts: seeded background, turn, size and place, so that neither a frame
 * nor a colour gives the class away.
 */
export async function renderDrawing(drawing: Drawing, side: number, rng: Rng): Promise<Buffer> {
  const [left, top, width, height] = drawing.viewBox;
  const scale = (side * rng.uniform(0.62, 0.92)) / Math.max(width, height);
  const slack = side * 0.5 * (1 - (scale * Math.max(width, height)) / side);
  const x = side / 2 + rng.uniform(-slack, slack);
  const y = side / 2 + rng.uniform(-slack, slack);
  const angle = rng.uniform(-20, 20);
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${side}" height="${side}" color="#222">` +
    background(side, rng) +
    `<g transform="translate(${x} ${y}) rotate(${angle}) scale(${scale}) translate(${-left - width / 2} ${-top - height / 2})">` +
    `${drawing.body}</g></svg>`;
  return sharp(Buffer.from(svg)).flatten({ background: '#ffffff' }).jpeg({ quality: 90 }).toBuffer();
}

/** A soft two-colour gradient. */
function background(side: number, rng: Rng): string {
  const colour = () => `hsl(${rng.below(360)},${15 + rng.below(35)}%,${70 + rng.below(25)}%)`;
  const turn = rng.below(360);
  return (
    `<defs><linearGradient id="mdfe-background" gradientTransform="rotate(${turn} 0.5 0.5)">` +
    `<stop offset="0" stop-color="${colour()}"/><stop offset="1" stop-color="${colour()}"/></linearGradient></defs>` +
    `<rect width="${side}" height="${side}" fill="url(#mdfe-background)"/>`
  );
}
