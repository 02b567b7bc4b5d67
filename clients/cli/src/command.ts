import { type OptionTable, type ParsedOptions } from '@maker-registry/guard';

/** What a command may use of its surroundings. */
export interface CliContext {
  readonly environment: NodeJS.ProcessEnv;
  /** Tells of progress on standard error, one JSON object on a line. */
  readonly tell: (progress: Readonly<Record<string, string | number>>) => void;
  /** Whether a person watches standard error: progress that only passes the time is told to nobody else. */
  readonly isWatched: boolean;
}

/** One command of `registry`: its words, its options, and the JSON it prints. */
export interface CliCommand extends OptionTable {
  /** As typed after `registry`, e.g. `right issue`. */
  readonly name: string;
  readonly summary: string;
  /** Whether it takes words without a name, e.g. a path; otherwise such a word is a mistake. */
  readonly takesWords?: boolean;
  /** Whether an answer is bad news: it is printed like any other, and the exit code is 1. */
  readonly isBad?: (result: unknown) => boolean;
  readonly run: (parsed: ParsedOptions, context: CliContext) => Promise<unknown>;
}
