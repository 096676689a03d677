/** Something that could stand at the cursor. Offsets in UTF-16 units. */
export interface CompletionItem {
  readonly label: string;
  readonly kind: 'section' | 'key' | 'value' | 'model' | 'weights' | 'dataset' | 'path' | 'experiment';
  /** Replaces `start` to `end`. Further lines are indented as the line of the cursor, by whoever inserts them. */
  readonly insertText: string;
  /** `insertText` has the tab stops of TextMate's snippets. */
  readonly snippet: boolean;
  /** A validator's completion of our JSON Schema offers it too. */
  readonly fromSchema: boolean;
  readonly start: number;
  readonly end: number;
  /** Chosen at first, where nothing is typed yet. */
  readonly preselect?: boolean;
  /** One short line beside the label. */
  readonly detail: string;
  /** Markdown. */
  readonly documentation: string;
}

/** A value before its place is known. */
export type ValueItem = Omit<CompletionItem, 'start' | 'end' | 'snippet'>;
