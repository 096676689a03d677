import { type TransferListItem, Worker } from 'node:worker_threads';
import { distFile } from '../common/dist.ts';
import { MdfeError } from '../common/errors.ts';

/** A member of a team: its built file and what it is started with. */
export interface Member {
  /** e.g. `kernel-thread.worker.mjs` */
  readonly file: string;
  readonly data: unknown;
}

/**
 * Worker threads that stand and fall together. Every member says `ready` once; when one ends that nobody told to,
 * all are ended and `failed` is called with the reason, once.
 */
export class Team {
  private readonly workers: Worker[];
  private ended = false;

  private constructor(workers: Worker[]) {
    this.workers = workers;
  }

  /** Resolves when all members are ready. `received` gets every later message with the sender's number. */
  static async start(
    members: readonly Member[],
    received: (from: number, message: unknown) => void,
    failed: (error: MdfeError) => void,
  ): Promise<Team> {
    const workers = members.map(
      ({ file, data }) => new Worker(distFile(file), { workerData: data, execArgv: [] }),
    );
    const team = new Team(workers);
    await new Promise<void>((resolve, reject) => {
      let waiting = workers.length;
      const fail = (error: MdfeError) => {
        if (team.ended) return;
        team.ended = true;
        void team.terminate();
        failed(error);
        reject(error);
      };
      workers.forEach((worker, from) => {
        worker.on('message', (message: unknown) => {
          if (message !== 'ready') received(from, message);
          else if (--waiting === 0) resolve();
        });
        worker.on('error', (cause) => fail(workerDied(members[from]!.file, cause)));
        worker.on('exit', (code) => fail(workerDied(members[from]!.file, `exit code ${code}`)));
      });
    });
    return team;
  }

  post(to: number, message: unknown, transfer: readonly TransferListItem[] = []): void {
    this.workers[to]!.postMessage(message, transfer);
  }

  /** Number of members. */
  get size(): number {
    return this.workers.length;
  }

  /** System-wide identifiers of the threads, for tests that end one. */
  endMember(index: number): Promise<number> {
    return this.workers[index]!.terminate();
  }

  async stop(): Promise<void> {
    this.ended = true;
    await this.terminate();
  }

  private async terminate(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}

function workerDied(file: string, cause: unknown): MdfeError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MdfeError({
    code: 'kernels/worker-died',
    what: `a worker thread of the CPU kernels ended unexpectedly: ${reason}`,
    where: file,
    todo: 'resume the run from its last checkpoint; if it happens again, use fewer --threads or another --device',
    cause,
  });
}
