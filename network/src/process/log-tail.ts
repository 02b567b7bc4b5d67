import { readFileSync } from 'node:fs';
import { LOG_LINE_CHARACTERS, LOG_TAIL_LINES } from '../limits';

/** The last lines of a log, indented; empty when there is none. */
export function logTail(file: string, lines = LOG_TAIL_LINES): string {
  try {
    const all = readFileSync(file, 'utf8').trimEnd().split('\n');
    return all
      .slice(-lines)
      .map((line) => `    ${line.slice(0, LOG_LINE_CHARACTERS)}`)
      .join('\n');
  } catch {
    return '';
  }
}
