/** The rows of each class, compact. */
export class ClassRows {
  private readonly starts: Int32Array;
  private readonly rows: Int32Array;

  /** @param labels class of each row, from 0 */
  constructor(labels: Int32Array) {
    const classes = labels.reduce((most, label) => Math.max(most, label + 1), 0);
    this.starts = new Int32Array(classes + 1);
    for (const label of labels) this.starts[label + 1]!++;
    for (let c = 0; c < classes; c++) this.starts[c + 1]! += this.starts[c]!;
    const next = this.starts.slice();
    this.rows = new Int32Array(labels.length);
    labels.forEach((label, row) => {
      this.rows[next[label]!++] = row;
    });
  }

  /** Rows of a class, rising; none for a class without rows. */
  of(label: number): Int32Array {
    return this.rows.subarray(
      this.starts[label] ?? this.rows.length,
      this.starts[label + 1] ?? this.rows.length,
    );
  }
}
