import type { Remedy } from '../../run/retrieval-messages.ts';

export interface Explained {
  readonly title: string;
  /** The whole message. */
  readonly text: string;
  readonly remedies: readonly Remedy[];
}

/** What a failed evaluation says, and what the user can do about it at the press of a button. */
export function explainFailure(message: string): Explained {
  const text = message.replace(/^error: /, '');
  const found = reasons.find(({ sign }) => sign.test(text));
  if (found) return { title: found.title, text, remedies: found.remedies };
  return { title: 'The evaluation failed', text, remedies: ['evaluate'] };
}

const reasons: readonly { sign: RegExp; title: string; remedies: readonly Remedy[] }[] = [
  {
    sign: /has no checkpoint yet|has no best checkpoint|no such checkpoint/,
    title: 'This run has no checkpoint yet',
    remedies: ['evaluate', 'chooseRun'],
  },
  {
    sign: /--skip-bad-images/,
    title: 'Some images are missing or damaged',
    remedies: ['skipBadImages', 'chooseData'],
  },
  {
    sign: /held-out images is not there|the column \S+ is missing|\.csv:\d/,
    title: 'The list of held-out images cannot be used',
    remedies: ['chooseCsv', 'chooseData'],
  },
  {
    sign: /data folder|data root|data set|no such folder|folder .* (is missing|does not exist)/i,
    title: 'The data folder does not fit this run',
    remedies: ['chooseData', 'chooseCsv', 'evaluate'],
  },
];

export const noRun: Explained = {
  title: 'This run is gone',
  text: 'Its folder holds no run.json any more.',
  remedies: ['chooseRun'],
};

export function noData(dataDir: string): Explained {
  return {
    title: 'The data folder is gone',
    text: `${dataDir}: this folder does not exist, and it holds the images to score with.`,
    remedies: ['chooseData', 'chooseRun'],
  };
}

export const stopped: Explained = {
  title: 'Not evaluated',
  text: 'The evaluation was cancelled. Features computed so far are kept: it goes on where it stopped.',
  remedies: ['evaluate', 'chooseRun'],
};

export const untrusted: Explained = {
  title: 'This workspace is not trusted',
  text: 'Evaluating reads files and starts programs that the workspace names. Trust the workspace, then explore again.',
  remedies: ['chooseRun'],
};
