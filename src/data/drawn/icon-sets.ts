import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isSystemError, MdfeError } from '../../common/errors.ts';

/** Iconify packages whose drawings become images: one vendor each. */
export const EMOJI_SETS = [
  'twemoji',
  'noto',
  'noto-v1',
  'openmoji',
  'fluent-emoji-flat',
  'emojione',
  'emojione-v1',
  'fxemoji',
] as const;
export const FLAG_SETS = ['circle-flags', 'flag', 'flagpack', 'cif'] as const;

/** One vendor's drawing: the inside of an SVG and its view box. */
export interface Drawing {
  readonly set: string;
  readonly name: string;
  readonly body: string;
  readonly viewBox: readonly [left: number, top: number, width: number, height: number];
}

export interface Licence {
  readonly set: string;
  readonly version: string;
  readonly title: string;
  readonly spdx: string;
  readonly url: string;
  readonly author: string;
}

interface IconFile {
  readonly left?: number;
  readonly top?: number;
  readonly width?: number;
  readonly height?: number;
  readonly icons: Readonly<
    Record<string, { body: string; left?: number; top?: number; width?: number; height?: number }>
  >;
  readonly aliases?: Readonly<
    Record<string, { parent: string; rotate?: number; hFlip?: boolean; vFlip?: boolean }>
  >;
}

interface InfoFile {
  readonly author: { readonly name: string };
  readonly license: { readonly title: string; readonly spdx?: string; readonly url?: string };
}

/** A vendor's icons, by name and (for emoji) by code points such as `1f34e`. */
export class IconSet {
  readonly set: string;
  readonly licence: Licence;
  private readonly file: IconFile;
  private readonly byCodePoints: ReadonlyMap<string, string>;

  private constructor(
    set: string,
    file: IconFile,
    byCodePoints: ReadonlyMap<string, string>,
    licence: Licence,
  ) {
    this.set = set;
    this.file = file;
    this.byCodePoints = byCodePoints;
    this.licence = licence;
  }

  static async load(set: string): Promise<IconSet> {
    const folder = dirname(resolvePackage(`@iconify-json/${set}/icons.json`));
    const file = await json<IconFile>(join(folder, 'icons.json'));
    const chars = await json<Record<string, string>>(join(folder, 'chars.json'), {});
    const info = await json<InfoFile>(join(folder, 'info.json'));
    const { version } = await json<{ version: string }>(join(folder, 'package.json'));
    return new IconSet(
      set,
      file,
      new Map(Object.entries(chars).map(([key, name]) => [withoutVariation(key), name])),
      {
        set,
        version,
        title: info.license.title,
        spdx: info.license.spdx ?? '',
        url: info.license.url ?? '',
        author: info.author.name,
      },
    );
  }

  nameOf(codePoints: string): string | undefined {
    return this.byCodePoints.get(codePoints);
  }

  /** The drawing of that name, through plain aliases; turned or mirrored aliases are no drawings of their own. */
  find(name: string): Drawing | undefined {
    let key = name;
    for (let hops = 0; !this.file.icons[key]; hops++) {
      const alias = this.file.aliases?.[key];
      if (!alias || alias.rotate || alias.hFlip || alias.vFlip || hops > 5) return undefined;
      key = alias.parent;
    }
    const icon = this.file.icons[key]!;
    const { left = 0, top = 0, width = 16, height = 16 } = this.file;
    return {
      set: this.set,
      name: key,
      body: icon.body,
      viewBox: [icon.left ?? left, icon.top ?? top, icon.width ?? width, icon.height ?? height],
    };
  }
}

/** Code points in hexadecimal, joined by `-`, without the variation selector that vendors write or leave out. */
export function codePointsOf(emoji: string): string {
  return withoutVariation([...emoji].map((c) => c.codePointAt(0)!.toString(16)).join('-'));
}

function withoutVariation(codePoints: string): string {
  return codePoints
    .split('-')
    .filter((c) => c !== 'fe0f')
    .join('-');
}

/** The icon packages are development dependencies: a clone has them, a packed extension does not. */
export function resolvePackage(file: string): string {
  try {
    return createRequire(import.meta.url).resolve(file);
  } catch (cause) {
    throw new MdfeError({
      code: 'demo/no-icons',
      what: `the demonstration draws its images from the package file ${file}, which is not installed`,
      todo: 'run the demo in a clone of the repository, after npm ci',
      cause,
    });
  }
}

async function json<T>(path: string, ifMissing?: T): Promise<T> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    if (ifMissing !== undefined && isSystemError(error, 'ENOENT')) return ifMissing;
    throw error;
  }
}
