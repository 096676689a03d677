import { findLocation } from './error-location.ts';

/** What a user can do about a failure with one press of a button. */
export type Remedy =
  | 'openPlace'
  | 'showProblems'
  | 'leaveOutImages'
  | 'chooseData'
  | 'chooseWeights'
  | 'openNodeSetting'
  | 'openDeviceSetting'
  | 'openOutputSetting';

/** The setting that names the Node that runs the trainer. */
export const NODE_SETTING = 'mdfe.nodePath';

/** What a failed command worked with. */
export interface Circumstances {
  /** Data folder that was used. */
  readonly dataDir?: string | undefined;
  /** Where run folders go. */
  readonly outputDir?: string | undefined;
}

const FOLDER_PROBLEM =
  /disk is full|disk quota|read-only|permission|does not allow|no such file or folder|disk failed|not a folder/;

/** Remedies in the order of their buttons, told from the message: it is all that a trainer leaves when it ends. */
export function remediesFor(message: string, { dataDir, outputDir }: Circumstances): Remedy[] {
  const [first = ''] = message.replace(/^error: /, '').split('\n');
  const aboutData = dataDir !== undefined && first.startsWith(`${dataDir}:`);
  const badImages = /--skip-bad-images/.test(message);
  const applies: Readonly<Record<Remedy, boolean>> = {
    openPlace: findLocation(message) !== undefined,
    showProblems: /the configuration has (?!1 )\d+ errors/.test(first),
    leaveOutImages: badImages,
    chooseData: aboutData && !badImages,
    chooseWeights: message.includes('--backbone-weights'),
    openNodeSetting: message.includes(NODE_SETTING),
    openDeviceSetting: first.startsWith('--device'),
    openOutputSetting: outputDir !== undefined && first.startsWith(outputDir) && FOLDER_PROBLEM.test(first),
  };
  return (Object.keys(applies) as Remedy[]).filter((remedy) => applies[remedy]);
}

/** Texts of the buttons. */
export const remedyTitles: Readonly<Record<Remedy, string>> = {
  openPlace: 'Open Config at Line',
  showProblems: 'Show Problems',
  leaveOutImages: 'Leave Them Out and Train',
  chooseData: 'Choose Data Folder',
  chooseWeights: 'Choose Weights File',
  openNodeSetting: 'Open Setting',
  openDeviceSetting: 'Open Setting',
  openOutputSetting: 'Open Setting',
};

export function isRemedy(name: unknown): name is Remedy {
  return typeof name === 'string' && Object.hasOwn(remedyTitles, name);
}
