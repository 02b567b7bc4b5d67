import { isRegistryError } from '@maker-registry/protocol';
import { ClientError, isClientError } from '@maker-registry/sdk';
import { type GuardCommand } from './commands/command';
import { type ParsedOptions, parseOptions } from './commands/options';
import { GUARD_COMMANDS } from './commands/table';
import { errorFields, type Tell, teller } from './events';
import { EXIT_CODES } from './exit-codes';

/** The streams and environment of a process. */
export interface ProcessSurroundings {
  readonly environment: NodeJS.ProcessEnv;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

const END_OF_OPTIONS = '--';

/** Runs `guard ARGUMENTS`; gives the exit code. Never throws. */
export async function guard(args: readonly string[], surroundings: ProcessSurroundings): Promise<number> {
  const [name = 'help', ...rest] = args;
  const command = Object.hasOwn(GUARD_COMMANDS, name) ? GUARD_COMMANDS[name] : undefined;
  const { own, foreign } = splitArguments(rest);
  const tell = teller(surroundings.stderr, own.includes('--json'));
  if (command === undefined) {
    surroundings.stdout.write(overview());
    return name === 'help' || name === '--help' ? 0 : EXIT_CODES.usage;
  }
  if (own.includes('--help')) {
    surroundings.stdout.write(`${command.help}\n`);
    return 0;
  }
  try {
    return await command.run(parseWords(command, [...own, ...foreign]), {
      environment: surroundings.environment,
      tell,
      print: (result) => {
        surroundings.stdout.write(`${JSON.stringify(result)}\n`);
      },
    });
  } catch (error) {
    return report(error, tell);
  }
}

/** Throws USAGE, also for a word that belongs to no option: `--ranges 0-9 20-29` would otherwise leave bytes in clear. */
function parseWords({ options, help, takesWords }: GuardCommand, words: readonly string[]): ParsedOptions {
  const parsed = parseOptions(words, { options: { ...options, json: 'switch' }, help });
  const [stray] = takesWords === true ? [] : parsed.rest;
  if (stray === undefined) return parsed;
  throw new ClientError('USAGE', `"${stray}" belongs to no option.`);
}

/** What stands before `--` is the guard's; what follows is a command with options of its own. */
function splitArguments(args: readonly string[]): { own: readonly string[]; foreign: readonly string[] } {
  const end = args.indexOf(END_OF_OPTIONS);
  return end < 0 ? { own: args, foreign: [] } : { own: args.slice(0, end), foreign: args.slice(end) };
}

function report(error: unknown, tell: Tell): number {
  const fields = errorFields(error);
  if (isRegistryError(error)) {
    tell('refused', { ...fields, exit_code: EXIT_CODES.refused });
    return EXIT_CODES.refused;
  }
  const exitCode = isClientError(error) && error.code === 'USAGE' ? EXIT_CODES.usage : EXIT_CODES.failed;
  tell('error', { ...fields, exit_code: exitCode });
  return exitCode;
}

function overview(): string {
  const lines = Object.entries(GUARD_COMMANDS).map(
    ([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`,
  );
  return `guard COMMAND [options]\n\n${lines.join('\n')}\n\nguard COMMAND --help tells more.\n`;
}
