/** Aborts a request when nothing arrives for too long, when the caller wants to stop, or when it is done with. */
export class IdleWatch {
  readonly signal: AbortSignal;
  private readonly own = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private late = false;

  constructor(milliseconds: number, outer: AbortSignal | undefined) {
    this.signal = outer ? AbortSignal.any([outer, this.own.signal]) : this.own.signal;
    this.timer = setTimeout(() => {
      this.late = true;
      this.own.abort();
    }, milliseconds);
  }

  /** True once nothing has arrived for too long. */
  get expired(): boolean {
    return this.late;
  }

  /** Something arrived. */
  beat(): void {
    this.timer.refresh();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** Also ends the request. */
  end(): void {
    this.stop();
    this.own.abort();
  }
}
