import type { RunHistory } from '../../src/run/history.ts';
import type { ComparedRun, HostToPanel, RunSummary, SweepView } from '../../src/run/messages.ts';
import type { ObservedStatus, RunRecord } from '../../src/run/record.ts';
import { restoreHistory } from '../../src/run/snapshot.ts';

/** The run that is shown. */
export interface ShownRun {
  readonly runId: string;
  readonly record: RunRecord | null;
  readonly status: ObservedStatus;
  readonly history: RunHistory;
}

/** What the panel knows; changed by the host's messages only. */
export interface PanelModel {
  readonly run: ShownRun | null;
  readonly runs: readonly RunSummary[];
  /** The sweep that the run belongs to. */
  readonly sweep: SweepView | null;
  /** Runs that are compared with the shown one, by their folders; null until the curve has come. */
  readonly compared: ReadonlyMap<string, ComparedRun | null>;
}

const EMPTY: PanelModel = { run: null, runs: [], sweep: null, compared: new Map() };

export type Received =
  | { readonly model: PanelModel }
  /** Something was missed: ask for a snapshot of that run. */
  | { readonly askAgain: string };

/** Takes in a message. Deltas of another run are old news; a gap in the sequence cannot be repaired here. */
export function receive(model: PanelModel | null, message: HostToPanel): Received {
  switch (message.type) {
    case 'snapshot': {
      const { run, runs } = message;
      // The sweep of the new run comes right behind.
      const sweep = model?.run?.runId === run?.runId ? (model?.sweep ?? null) : null;
      const shown = run && { ...run, history: restoreHistory(run.history) };
      return { model: { ...(model ?? EMPTY), run: shown, runs, sweep } };
    }
    case 'runs':
      return { model: { ...(model ?? EMPTY), runs: message.runs } };
    case 'sweep':
      return { model: { ...(model ?? EMPTY), sweep: message.sweep } };
    case 'comparison': {
      const compared = message.runIds.map((id) => [id, model?.compared.get(id) ?? null] as const);
      return { model: { ...(model ?? EMPTY), compared: new Map(compared) } };
    }
    case 'compared': {
      const { run } = message;
      if (!model?.compared.has(run.runId)) return { model: model ?? EMPTY };
      return { model: { ...model, compared: new Map(model.compared).set(run.runId, run) } };
    }
    case 'delta': {
      const run = model?.run;
      if (!model || !run || run.runId !== message.runId) return { model: model ?? EMPTY };
      if (message.from > run.history.next) return { askAgain: run.runId };
      for (const event of message.events) if (event.seq >= run.history.next) run.history.add(event);
      return { model: { ...model, run: { ...run, record: message.record, status: message.status } } };
    }
  }
}
