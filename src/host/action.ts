/** A button of a message. */
export interface Action {
  readonly title: string;
  readonly run: () => unknown;
}

type Show = (message: string, ...items: string[]) => Thenable<string | undefined>;

/** Shows a message with actions, and runs the one that is chosen. */
export async function choose(show: Show, message: string, actions: readonly Action[]): Promise<void> {
  const chosen = await show(message, ...actions.map((a) => a.title));
  await actions.find((a) => a.title === chosen)?.run();
}
