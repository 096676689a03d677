/** Mean of the values added so far. */
export class RunningMean {
  private sum = 0;
  private count = 0;

  add(value: number): void {
    this.sum += value;
    this.count++;
  }

  /** Undefined before the first value. */
  get mean(): number | undefined {
    return this.count === 0 ? undefined : this.sum / this.count;
  }
}
