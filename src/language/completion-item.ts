/** Something that could stand at the cursor. Offsets in UTF-16 units. */
export interface CompletionItem {
  readonly label: string;
  readonly kind: 'section' | 'key' | 'value' | 'model' | 'weights' | 'dataset';
  /** Replaces `start` to `end`. */
  readonly insertText: string;
  readonly start: number;
  readonly end: number;
  /** One short line beside the label. */
  readonly detail: string;
  /** Markdown. */
  readonly documentation: string;
}
