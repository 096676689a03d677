import { resolve } from 'node:path';
import { internalError } from '../../../common/errors.ts';
import { withLocalModels } from '../../../config/known-models.ts';
import { type ParsedConfig, parseConfig } from '../../../config/parse.ts';
import { PROBLEM_CODES, type ProblemCode } from '../../../config/problem-codes.ts';
import type { ConfigContext, MachineFacts } from '../../../config/registries.ts';
import { resolvedYaml } from '../../../config/resolved-yaml.ts';
import { defaultConfig } from '../../../config/schema/index.ts';
import { knownDatasets } from '../../../data/datasets/index.ts';
import { completion } from '../../../language/completion.ts';
import type { LanguageContext } from '../../../language/context.ts';
import { defaultDocument, defaultLine } from '../../../language/default-document.ts';
import { covered } from '../../../language/diagnostics.ts';
import { diagnosticBlock } from '../../../language/diagnostics-page.ts';
import { documentLinks } from '../../../language/document-links.ts';
import { effectiveDocument } from '../../../language/effective-document.ts';
import { fixAll } from '../../../language/fix-all.ts';
import { hover } from '../../../language/hover.ts';
import { inlayHints } from '../../../language/inlay-hints.ts';
import { experimentPreview } from '../../../language/preview.ts';
import { quickFixes } from '../../../language/quick-fixes.ts';
import { setKeys } from '../../../language/set-keys.ts';
import { symbols } from '../../../language/symbols.ts';
import type {
  DocumentQuestions,
  DocumentState,
  Folders,
  GeneralQuestions,
  Method,
  Request,
} from '../protocol.ts';
import { experimentChoices, newExperiment } from './choices.ts';
import { findFile, listFolder, type Machine } from './machine.ts';

const NO_FACTS: MachineFacts = {};
/** Runs of a sweep that are checked while somebody types; `mdfe sweep` checks them all. */
const CHECKED_RUNS = 100;

/** What the checks may ask, with what the machine has. */
function contextOf(machine: MachineFacts): ConfigContext {
  const models = withLocalModels(machine.localModels);
  return { models, datasets: knownDatasets, checkedRuns: CHECKED_RUNS, machine };
}

/** A text with what was read from it last. */
class OpenText {
  readonly text: string;
  readonly version: number;
  private read: { readonly facts: MachineFacts; readonly config: ParsedConfig } | undefined;

  constructor(text: string, version: number) {
    this.text = text;
    this.version = version;
  }

  parse(facts: MachineFacts): ParsedConfig {
    if (this.read?.facts !== facts)
      this.read = { facts, config: parseConfig(this.text, '', contextOf(facts)) };
    return this.read.config;
  }
}

interface Asked {
  readonly open: OpenText;
  /** With the facts that were known last. */
  readonly context: () => LanguageContext;
  readonly parsed: () => ParsedConfig;
}

type DocumentAnswers = {
  [M in keyof DocumentQuestions]: (
    asked: Asked,
    params: DocumentQuestions[M]['params'],
  ) => DocumentQuestions[M]['result'];
};

const ABOUT_DOCUMENT: DocumentAnswers = {
  diagnostics: ({ parsed }, { coverage }) => covered(parsed().problems, coverage),
  quickFixes: ({ open, parsed, context }) => quickFixes(open.text, parsed(), context()),
  fixAll: ({ open, parsed, context }, { code }) => {
    parsed(); // looks up the facts that the context hands on
    return fixAll(open.text, code, context());
  },
  links: ({ open, parsed, context }) => documentLinks(open.text, parsed(), context()),
  completion: ({ open, context }, { offset, coverage }) => completion(open.text, offset, context(), coverage),
  hover: ({ open, context }, { offset, coverage }) => hover(open.text, offset, context(), coverage),
  inlayHints: ({ open, parsed, context }) => inlayHints(open.text, parsed(), context()),
  symbols: ({ open, parsed }) => symbols(open.text, parsed()),
  definition: ({ open }, { offset }) => defaultLine(open.text, offset, defaultDocument()),
  effective: ({ parsed }, { name }) => effectiveDocument(name, parsed()),
  resolved: ({ parsed }) => resolvedYaml(parsed().effective),
  preview: ({ open, parsed, context }) => experimentPreview(open.text, parsed(), context()),
  setKeys: ({ open, parsed }, { changes }) => setKeys(open.text, parsed(), changes),
};

type GeneralAnswers = {
  [M in keyof GeneralQuestions]: (
    params: GeneralQuestions[M]['params'],
    factsIn: (folders: Folders) => MachineFacts,
  ) => GeneralQuestions[M]['result'];
};

const GENERAL: GeneralAnswers = {
  defaults: () => defaultDocument().text,
  resolvedDefaults: () => resolvedYaml(defaultConfig),
  explain: ({ code }) =>
    code in PROBLEM_CODES
      ? `${diagnosticBlock(code as ProblemCode, knownDatasets)}\n`
      : `There is no problem ${code}.\n`,
  choices: ({ folders }, factsIn) => experimentChoices(factsIn(folders)),
  experiment: (request) => newExperiment(request),
};

/** Answers questions about configurations, from their texts and what the machine has. */
export class LanguageSession {
  private readonly texts = new Map<string, OpenText>();
  private readonly facts = new Map<string, MachineFacts>();
  private readonly machine: Machine;
  private readonly factsChanged: (uri: string) => void;

  constructor(machine: Machine, factsChanged: (uri: string) => void) {
    this.machine = machine;
    this.factsChanged = factsChanged;
  }

  answer({ method, params, document }: Request): unknown {
    if (isGeneral(method)) {
      const answer = GENERAL[method] as (
        params: object,
        facts: (folders: Folders) => MachineFacts,
      ) => unknown;
      return answer(params, (folders) => this.machine.facts(defaultConfig, folders, () => {}));
    }
    if (!document) throw internalError(`${method} asks about no document`);
    const answer = ABOUT_DOCUMENT[method] as (asked: Asked, params: object) => unknown;
    return answer(this.ask(document), params);
  }

  forget(uri: string): void {
    this.texts.delete(uri);
    this.facts.delete(uri);
  }

  private ask(document: DocumentState): Asked {
    const { uri, folders } = document;
    const open = this.open(document);
    // Those of the version before: most changes do not change what is asked of the machine.
    const before = this.facts.get(uri) ?? NO_FACTS;
    const context = () => ({
      ...contextOf(this.facts.get(uri) ?? NO_FACTS),
      listFolder: (from: 'data' | 'workspace', folder: string) => {
        const root = from === 'data' ? folders.dataRoot : folders.workspace;
        return root === undefined ? [] : listFolder(resolve(root, folder || '.'));
      },
      findFile: (from: 'data' | 'workspace', path: string) => findFile(path, from, folders),
    });
    const parsed = () => {
      const config = open.parse(before).effective;
      const facts = this.machine.facts(config, folders, () => this.factsChanged(uri));
      this.facts.set(uri, facts);
      return open.parse(facts);
    };
    return { open, context, parsed };
  }

  private open({ uri, version, text }: DocumentState): OpenText {
    const known = this.texts.get(uri);
    if (text === undefined) {
      if (known?.version === version) return known;
      throw internalError(`version ${version} of ${uri} was not sent`);
    }
    const open = new OpenText(text, version);
    this.texts.set(uri, open);
    return open;
  }
}

function isGeneral(method: Method): method is keyof GeneralQuestions {
  return method in GENERAL;
}
