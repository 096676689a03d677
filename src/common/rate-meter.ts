const WINDOW_MS = 10_000;

/** Speed over the last ten seconds and the time left at that speed. */
export class RateMeter {
  private readonly marks: { time: number; done: number }[] = [];

  /** @returns units a second, and seconds until `total` at that speed */
  update(done: number, total: number, now = performance.now()): { speed: number; secondsLeft: number } {
    this.marks.push({ time: now, done });
    while (this.marks.length > 2 && this.marks[0]!.time < now - WINDOW_MS) this.marks.shift();
    const first = this.marks[0]!;
    const seconds = (now - first.time) / 1000;
    const speed = seconds > 0 ? (done - first.done) / seconds : 0;
    return { speed, secondsLeft: speed > 0 ? (total - done) / speed : Number.POSITIVE_INFINITY };
  }
}
