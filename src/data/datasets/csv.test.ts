import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCsvColumns } from './csv.ts';

let file: string;
beforeEach(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'mdfe-csv-')), 'x.csv');
});
afterEach(() => rm(join(file, '..'), { recursive: true }));

async function rows(text: string | Uint8Array, columns = ['a', 'b']): Promise<string[]> {
  await writeFile(file, text);
  const got: string[] = [];
  await readCsvColumns(file, columns, (values, line) => got.push(`${line}:${values.join('|')}`));
  return got;
}

describe('readCsvColumns', () => {
  it.each<[string, string, string[]]>([
    ['no line end at the end', 'a,b\n1,2', ['2:1|2']],
    ['CRLF and blank lines', 'a,b\r\n\r\n1,2\r\n\r\n3,4\r\n', ['3:1|2', '5:3|4']],
    ['a byte order mark', '\ufeffa,b\n1,2\n', ['2:1|2']],
    ['columns in any order among others', 'x,b,y,a\n1,2,3,4\n', ['2:4|2']],
    ['a header in another case', 'A,B\n1,2\n', ['2:1|2']],
    ['quotes', 'a,b\n"x, y","say ""hi"""\n"",z\n', ['2:x, y|say "hi"', '3:|z']],
    ['line ends inside quotes', 'a,b\n"1\n2",3\r\n4,"5\r\n6"\n7,8', ['2:1\n2|3', '4:4|5\r\n6', '6:7|8']],
    ['a quote in the middle of a field', 'a,b\nx,5" nail" y\n', ['2:x|5" nail" y']],
  ])('reads %s', async (_, text, expected) => {
    expect(await rows(text)).toEqual(expected);
  });

  it.each<[string, Uint8Array, number]>([
    ['Latin-1', Buffer.from('a,b\n1,ok\n2,\u00fc\n3,\u00f6\n', 'latin1'), 3],
    ['UTF-16', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'), 1],
    ['a letter that is cut off at the end', Buffer.from('a,b\n1,\u00fc').subarray(0, -1), 2],
    [
      'Latin-1 far behind',
      Buffer.concat([Buffer.from(`a,b\n${'1,2\n'.repeat(600_000)}`), Buffer.of(0xfc)]),
      600_002,
    ],
  ])('refuses %s, with the line', async (_, bytes, line) => {
    await expect(rows(bytes)).rejects.toMatchObject({
      code: 'data/not-utf8',
      details: { where: `${file}:${line}` },
    });
  });

  it.each(['a,b,x,a\n1,2,3,4\n', 'A,b,x, A\n1,2,3,4\n'])(
    'refuses a column that is there twice',
    async (text) => {
      await expect(rows(text)).rejects.toMatchObject({ code: 'data/repeated-column' });
      await expect(rows(text)).rejects.toThrow(
        /x\.csv:1: two columns have the name a: number 1 and number 4/,
      );
    },
  );

  it('takes the column of the exact name beside one in another case, and ignores other repeated ones', async () => {
    expect(await rows('A,b,a,x,x\n1,2,3,4,5\n')).toEqual(['2:3|2']);
  });

  it('reads records that lie across the chunks of the file', async () => {
    const expected: string[] = [];
    let text = 'a,b\r\n';
    let line = 2;
    for (let i = 0; text.length < 2_300_000; i++) {
      const value = `é\u{1f600} ${i}${i % 3 === 0 ? '\n"' : ''}`.repeat(1 + (i % 40));
      text += `${i},"${value.replaceAll('"', '""')}"\r\n`;
      expected.push(`${line}:${i}|${value}`);
      line += value.split('\n').length;
    }
    expect(await rows(text)).toEqual(expected);
  });
});
