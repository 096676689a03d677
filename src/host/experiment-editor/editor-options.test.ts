import { describe, expect, it } from 'vitest';
import { readEditorOptions } from './editor-options.ts';

const configuration = (values: Readonly<Record<string, unknown>>, set: readonly string[] = []) => ({
  get: (name: string) => values[name],
  isSet: (name: string) => set.includes(name),
});

describe('readEditorOptions', () => {
  it("takes over VS Code's settings, groups as plain objects", () => {
    const guides = Object.freeze(Object.create(null, { indentation: { value: true, enumerable: true } }));
    const { view } = readEditorOptions(configuration({ wordWrap: 'on', rulers: [80], guides, fontSize: 40 }));
    expect(view).toEqual({
      wordWrap: 'on',
      rulers: [80],
      guides: { indentation: true },
      minimap: { enabled: false },
    });
  });
  it('shows a minimap only where somebody wants one', () => {
    const minimap = { enabled: true, side: 'left' };
    expect(readEditorOptions(configuration({ minimap })).view.minimap).toEqual({ enabled: false });
    const wanted = readEditorOptions(configuration({ minimap }, ['minimap.enabled']));
    expect(wanted.view.minimap).toEqual(minimap);
  });
  it('indents as the settings say', () => {
    expect(readEditorOptions(configuration({})).indentation).toEqual({
      insertSpaces: true,
      tabSize: 2,
      detect: true,
    });
    const set = { insertSpaces: false, tabSize: 8, detectIndentation: false };
    expect(readEditorOptions(configuration(set)).indentation).toEqual({
      insertSpaces: false,
      tabSize: 8,
      detect: false,
    });
  });
});
