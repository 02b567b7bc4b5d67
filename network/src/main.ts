import { join, resolve } from 'node:path';
import { deployGuest } from './chaincode/guest';
import { compose } from './commands/compose';
import { down, reset } from './commands/down';
import { logs } from './commands/logs';
import { rebuildChaincode } from './commands/rebuild-chaincode';
import { restartNode } from './commands/restart';
import { status } from './commands/status';
import { up } from './commands/up';
import { NetworkError } from './network-error';
import { pathsOf } from './paths';
import { DEFAULT_PROFILE, type Site, openSite } from './site';
import { withLock } from './state/lock';
import { existingProfile } from './state/profile';

const USAGE =
  'Usage: node network/dist/main.js up | down | reset | status | restart NODE | logs [NODE] | guest NAME BUNDLE\n';

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

type Command = (site: Site, argument: string | undefined, second: string | undefined) => Promise<void>;

const COMMANDS: Readonly<Record<string, Command>> = {
  up: (site) => withLock(site.paths, 'up', () => timed('Network up', () => up(site, print))),
  down: (site) => withLock(site.paths, 'down', () => down(site, print)),
  reset: (site) => withLock(site.paths, 'reset', () => reset(site, print)),
  status: (site) => status(site, print),
  restart: async (site, name) => {
    if (name === undefined) throw new NetworkError('Which node?', 'Say make restart NODE=op1-peer.');
    await restartNode(site, name, 'make');
    print(`${name} restarted.`);
  },
  guest: (site, name, bundle) => withLock(site.paths, 'guest', () => guest(site, name, bundle)),
  'rebuild-chaincode': (site) => rebuildChaincode(site, print),
  compose: (site) => {
    compose(site, print);
    return Promise.resolve();
  },
  logs: (site, name) => {
    logs(site, name, print);
    return Promise.resolve();
  },
};

async function guest(site: Site, name: string | undefined, bundle: string | undefined): Promise<void> {
  if (name === undefined || bundle === undefined)
    throw new NetworkError('Which chaincode?', 'Say guest NAME BUNDLE.');
  print(`${name} in force with bundle ${(await deployGuest(site, name, bundle)).slice(0, 12)}.`);
}

async function timed(what: string, work: () => Promise<void>): Promise<void> {
  const since = Date.now();
  await work();
  print(`${what} in ${((Date.now() - since) / 1000).toFixed(1)} s.`);
}

async function main(): Promise<void> {
  const [name = '', argument, second] = process.argv.slice(2);
  const command = COMMANDS[name];
  if (command === undefined) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  const root = resolve(join(__dirname, '../..'));
  // make exports PROFILE also when nobody set it.
  const asked = process.env['PROFILE'] ?? '';
  const profile = asked === '' ? (existingProfile(pathsOf(root)) ?? DEFAULT_PROFILE) : asked;
  await command(openSite(root, profile), argument === '' ? undefined : argument, second);
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`\n${describe(error)}\n`);
    process.exit(1);
  },
);

function describe(error: unknown): string {
  if (!(error instanceof NetworkError))
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  const log = error.log === undefined ? '' : `\nLog: ${error.log}`;
  return `${error.message}${log}\nWhat to do: ${error.action}`;
}
