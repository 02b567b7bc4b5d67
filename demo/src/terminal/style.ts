/** Marks on text: colors on a terminal, nothing elsewhere. */
export interface Style {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
}

const ESCAPE = '\u001b[';
const mark = (code: number) => (text: string) => `${ESCAPE}${code}m${text}${ESCAPE}0m`;
const plain = (text: string): string => text;

export const coloredStyle: Style = { strong: mark(1), faint: mark(2), good: mark(32), bad: mark(31) };
export const plainStyle: Style = { strong: plain, faint: plain, good: plain, bad: plain };

/** Whether to use colors: on a terminal, unless NO_COLOR is set (https://no-color.org). */
export function wantsColor(stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb';
}
