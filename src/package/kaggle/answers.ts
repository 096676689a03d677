import { MdfeError } from '../../common/errors.ts';
import type { KaggleAnswer } from './run-kaggle.ts';

// What the official command line says, as of its versions 1.6 to 2.2.

/** The state of a data set; undefined: there is none that this user can see. */
export function parseStatus(answer: KaggleAnswer): string | undefined {
  if (answer.exitCode === 0) return lastLine(answer.output).toLowerCase();
  // Kaggle answers 403 for what does not exist, so as not to tell what exists.
  if (/\b(404|403)\b/.test(answer.output) && !isCredentials(answer.output)) return undefined;
  throw explain(answer, 'looking for the data set');
}

/** Name of the account that the command line uses. */
export function parseUser({ exitCode, output }: KaggleAnswer): string | undefined {
  const name = exitCode === 0 ? /^- username: (\S+)/m.exec(output)?.[1] : undefined;
  return name === 'None' ? undefined : name;
}

export const isTitleTaken = ({ output }: KaggleAnswer): boolean =>
  /Dataset creation error:.*already in use/i.test(output);

/** Throws unless the data set was taken. */
export function checkUploaded(answer: KaggleAnswer): void {
  const failed = /Dataset (?:version )?creation error: (.*)|(Upload unsuccessful.*)/.exec(answer.output);
  if (answer.exitCode !== 0 || failed) throw explain(answer, 'uploading the data set');
}

export interface PushedNotebook {
  readonly url: string | undefined;
  /** It was pushed, but not as it was meant. */
  readonly warnings: readonly string[];
}

/** Throws unless the notebook was taken, with the data set attached. */
export function parsePushed(answer: KaggleAnswer): PushedNotebook {
  const { output } = answer;
  if (answer.exitCode !== 0 || /Kernel push error:/.test(output))
    throw explain(answer, 'pushing the notebook');
  const refused = (what: string) => new RegExp(`not valid ${what} sources`).test(output);
  if (refused('dataset'))
    throw new MdfeError({
      code: 'kaggle/not-attached',
      what: 'the notebook is on Kaggle, but Kaggle did not attach the data set that holds the model',
      got: lastLine(output),
      todo: 'wait until the data set is ready on its page, then publish again',
    });
  return {
    url: /https:\/\/\S*kaggle\.com\/\S+/.exec(output)?.[0],
    warnings: refused('competition')
      ? [
          'Kaggle did not attach the competition: join it and accept its rules on its page, then publish again',
        ]
      : [],
  };
}

/** Share of a file that is uploaded, from the command line's progress bar: `  42%|####`. */
export function parsePercent(text: string): number | undefined {
  const found = [...text.matchAll(/(\d{1,3})%\|/g)].at(-1);
  return found ? Number(found[1]) : undefined;
}

const isCredentials = (output: string): boolean =>
  /could not find kaggle\.json|authentication required|kaggle auth login|missing (username|key)|\b401\b|unauthorized/i.test(
    output,
  );

const isNetwork = (output: string): boolean =>
  /ConnectionError|Max retries exceeded|NameResolution|getaddrinfo|Connection (refused|reset|aborted)|ProxyError|timed out/i.test(
    output,
  );

function explain({ exitCode, output }: KaggleAnswer, where: string): MdfeError {
  const got = lastLine(output) || `exit code ${exitCode} and no message`;
  if (isCredentials(output))
    return new MdfeError({
      code: 'kaggle/credentials',
      what: 'Kaggle does not know who you are: its command line has no token, or one that is no longer valid',
      where,
      got,
      todo: 'make a token on https://www.kaggle.com/settings (API) and put it where that page says (kaggle.json goes into ~/.kaggle), or run: kaggle auth login',
    });
  if (isNetwork(output))
    return new MdfeError({
      code: 'kaggle/no-network',
      what: 'Kaggle cannot be reached',
      where,
      got,
      todo: 'check the network; behind a proxy set HTTPS_PROXY; then publish again',
    });
  if (/\b429\b|too many requests/i.test(output))
    return new MdfeError({
      code: 'kaggle/too-many-requests',
      what: 'Kaggle asks to send fewer requests',
      where,
      got,
      todo: 'wait some minutes and publish again',
    });
  if (/\b403\b|denied|forbidden/i.test(output))
    return new MdfeError({
      code: 'kaggle/forbidden',
      what: 'Kaggle does not allow this',
      where,
      got,
      todo: "check that the metadata name your account, and that your phone number is verified on Kaggle's settings page",
    });
  return new MdfeError({
    code: 'kaggle/refused',
    what: "Kaggle's command line failed",
    where,
    got,
    todo: 'see its whole output in the log of MDFE; an old version may be the cause: pip install --upgrade kaggle',
  });
}

/** The last line that says something. */
function lastLine(output: string): string {
  const lines = output.split(/[\r\n]+/).map((line) => line.trim());
  return (
    lines.findLast(
      (line) => line !== '' && !/^(warning: looks like you're using an outdated|\d+%\|)/i.test(line),
    ) ?? ''
  );
}
