/** What VS Code gives to a webview's script, typed by the page's own messages and state. */
export interface VsCodeApi<State, Message> {
  postMessage(message: Message): void;
  getState(): State | undefined;
  setState(state: State): void;
}

declare function acquireVsCodeApi(): unknown;

/** May be called once per page. */
export function acquireApi<State, Message>(): VsCodeApi<State, Message> {
  return acquireVsCodeApi() as VsCodeApi<State, Message>;
}
