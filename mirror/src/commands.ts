import { pino } from 'pino';
import { ConfigError, loadConfig, type MirrorConfig } from './config';
import { Follower } from './follower';
import { SHUTDOWN_TIMEOUT_MS } from './limits';
import { MirrorMetrics } from './metrics';
import { serveOperations } from './operations-server';
import { findingsCommand, parseResumption, resumeCommand, witnessesCommand } from './findings-commands';
import { hashCommand, rebuildCommand, statusCommand, verifyCommand } from './maintenance';

const HELP = `Usage: node mirror/dist/main.js [command]

The mirror copies the ledger, block by verified block, into PostgreSQL (schema "registry").

Commands
  follow    (default) write every block as the peer commits it; a second one stands by
  status    print the tables' head, the peer's height and what lies between
  hash      print a digest of every table's rows and one over all tables
  verify    replay the ledger beside the tables and compare every row; a difference is recorded
            as a finding, and the mirror stops serving
  rebuild   replay the ledger into fresh tables, then put them in place of the old ones;
            readers and a running follower are not disturbed; findings stay
  findings  print every contradiction found, as JSON lines; exit code 1 while one is open
  witnesses print how the peers of other organizations compared last, as JSON lines
  resume <number|all> <what you found out>
            resolve findings; when none is open the mirror goes on and serves again
  help      print this

Environment
  REGISTRY_NETWORK_FILE   description of the network (JSON)
  MIRROR_ORGANIZATION     whose peer to follow, e.g. op1; its auditor identity is used
  DATABASE_URL            PostgreSQL, e.g. postgres://user:password@127.0.0.1:5432/registry
  MIRROR_OPERATIONS_HOST  address of /metrics, /healthz, /readyz (default 127.0.0.1)
  MIRROR_OPERATIONS_PORT  port of it (default 10801; 0 takes a free one)
  MIRROR_WATCH_INTERVAL_MS
                          milliseconds between two comparisons with other organizations' peers (default 2000)
  LOG_LEVEL               pino level (default info)

Exit codes: 0 done; 1 failed, or the tables differ; 2 wrong use.
`;

const FAILED = 1;
const WRONG_USE = 2;

function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    controller.abort();
    setTimeout(() => process.exit(FAILED), SHUTDOWN_TIMEOUT_MS).unref();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  return controller.signal;
}

async function followCommand(config: MirrorConfig, signal: AbortSignal): Promise<number> {
  const log = pino({ name: 'mirror', level: config.logLevel });
  const metrics = new MirrorMetrics();
  const follower = new Follower(config, metrics, log);
  const server = await serveOperations(
    { metrics, state: () => follower.state },
    config.operationsHost,
    config.operationsPort,
  );
  log.info({ address: server.address() }, 'operations endpoint');
  await follower.run(signal);
  // A halted mirror stays to be asked why; ending would only have it restarted into the same block.
  if (!signal.aborted)
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
    });
  server.closeAllConnections();
  server.close();
  log.info('stopped');
  return 0;
}

type Command = (config: MirrorConfig, signal: AbortSignal) => Promise<number>;

const COMMANDS: Readonly<Record<string, Command>> = {
  follow: followCommand,
  status: statusCommand,
  hash: hashCommand,
  verify: verifyCommand,
  rebuild: rebuildCommand,
  findings: findingsCommand,
  witnesses: witnessesCommand,
};

/** Commands that take words after their name; null when the words are not theirs. */
const WITH_WORDS: Readonly<Record<string, (words: readonly string[]) => Command | null>> = {
  resume: (words) => {
    const resumption = parseResumption(words);
    return resumption === null ? null : (config) => resumeCommand(config, resumption);
  },
};

function commandOf(name: string, words: readonly string[]): Command | null {
  if (Object.hasOwn(WITH_WORDS, name)) return WITH_WORDS[name]?.(words) ?? null;
  return words.length === 0 && Object.hasOwn(COMMANDS, name) ? (COMMANDS[name] ?? null) : null;
}

const UNDEFINED_TABLE = '42P01';

function complain(error: unknown): number {
  if (error instanceof Error && 'code' in error && error.code === UNDEFINED_TABLE) {
    process.stderr.write('mirror: the tables do not exist yet: start the mirror (follow) or run rebuild\n');
    return FAILED;
  }
  process.stderr.write(`mirror: ${error instanceof Error ? error.message : String(error)}\n`);
  return error instanceof ConfigError ? WRONG_USE : FAILED;
}

/** Runs one command of the mirror. @returns the process's exit code */
export async function runCommand(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const [name = 'follow', ...rest] = args;
  if (name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(HELP);
    return 0;
  }
  const command = commandOf(name, rest);
  if (command === null) {
    process.stderr.write(`mirror: unknown command '${args.join(' ')}'\n\n${HELP}`);
    return WRONG_USE;
  }
  try {
    return await command(await loadConfig(environment), abortOnSignals());
  } catch (error) {
    return complain(error);
  }
}
