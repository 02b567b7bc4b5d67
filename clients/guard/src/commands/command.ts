import { type Tell } from '../events';
import { type OptionTable, type ParsedOptions } from './options';

/** What a command may use of its surroundings. */
export interface CommandContext {
  readonly environment: NodeJS.ProcessEnv;
  readonly tell: Tell;
  /** Prints the result: one JSON object on standard output. */
  readonly print: (result: object) => void;
}

/** One command of the guard. */
export interface GuardCommand extends OptionTable {
  readonly summary: string;
  /** Whether words without a name mean something to it; otherwise such a word is a mistake. */
  readonly takesWords?: boolean;
  /** Does the work; gives the exit code. */
  readonly run: (parsed: ParsedOptions, context: CommandContext) => Promise<number>;
}
