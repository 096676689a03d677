// Draws media/icon.png (the Marketplace wants a bitmap) from media/icon.svg.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const media = join(dirname(fileURLToPath(import.meta.url)), '..', 'media');
await sharp(join(media, 'icon.svg'), { density: 288 }).resize(128, 128).png().toFile(join(media, 'icon.png'));
