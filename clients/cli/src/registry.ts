import { guard, type ParsedOptions, parseOptions, type ProcessSurroundings } from '@maker-registry/guard';
import { ClientError } from '@maker-registry/sdk';
import { type CliCommand, type CliContext } from './command';
import { COMMANDS } from './commands/table';
import { errorDocument } from './error-document';

const FAILED = 1;
const GUARD = 'guard';
const NAME_COLUMN = 22;

/** Runs `registry ARGUMENTS`; gives the exit code. Results go to stdout and errors to stderr, both as JSON. Never throws. */
export async function registry(args: readonly string[], surroundings: ProcessSurroundings): Promise<number> {
  const { stdout, stderr } = surroundings;
  if (args[0] === GUARD) return await guard(args.slice(1), surroundings);
  const { command, rest } = findCommand(args);
  if (command === undefined) {
    const asked = args[0] === undefined || args[0] === 'help' || args[0] === '--help';
    (asked ? stdout : stderr).write(overview());
    return asked ? 0 : FAILED;
  }
  if (rest.includes('--help')) {
    stdout.write(`registry ${command.name} – ${command.summary}\n\n${command.help}\n`);
    return 0;
  }
  return await run(command, rest, surroundings);
}

async function run(
  command: CliCommand,
  words: readonly string[],
  { environment, stdout, stderr }: ProcessSurroundings,
): Promise<number> {
  const tell: CliContext['tell'] = (progress) => void stderr.write(`${JSON.stringify(progress)}\n`);
  try {
    const result = await command.run(parseWords(command, words), {
      environment,
      tell,
      isWatched: isTerminal(stderr),
    });
    stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return command.isBad?.(result) === true ? FAILED : 0;
  } catch (error) {
    stderr.write(`${JSON.stringify(errorDocument(error))}\n`);
    return FAILED;
  }
}

function isTerminal(stream: NodeJS.WritableStream): boolean {
  return 'isTTY' in stream && stream.isTTY === true;
}

/** Throws USAGE, also for a word that belongs to no option: `--amount 8 000` would otherwise be a price of 8. */
function parseWords(command: CliCommand, words: readonly string[]): ParsedOptions {
  const parsed = parseOptions(words, command);
  const [stray] = command.takesWords === true ? [] : parsed.rest;
  if (stray === undefined) return parsed;
  throw new ClientError('USAGE', `"${stray}" belongs to no option.`);
}

function findCommand(args: readonly string[]): { command: CliCommand | undefined; rest: readonly string[] } {
  for (const words of [2, 1]) {
    const name = args.slice(0, words).join(' ');
    const command = COMMANDS.find((one) => one.name === name);
    if (command !== undefined) return { command, rest: args.slice(words) };
  }
  return { command: undefined, rest: args };
}

function overview(): string {
  const lines = [...COMMANDS]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, summary }) => `  ${name.padEnd(NAME_COLUMN)} ${summary}`);
  const last = `  ${GUARD.padEnd(NAME_COLUMN)} Protect, inspect and run artifacts: registry guard --help`;
  return `registry COMMAND [options]\n\n${[...lines, last].join('\n')}\n\nregistry COMMAND --help tells more.\n`;
}
