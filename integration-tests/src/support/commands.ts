import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { databaseUrl, type RunningNetwork } from '@maker-registry/testbed';

const ROOT = resolve(__dirname, '..', '..', '..');
/** A command of ours that takes longer than this (milliseconds) has hung. */
const COMMAND_LIMIT_MS = 120_000;

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of our built programs, as an operator would. */
export function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [resolve(ROOT, program), ...args],
      { cwd: ROOT, env: { ...process.env, ...env }, timeout: COMMAND_LIMIT_MS, maxBuffer: 1 << 28 },
      (error, stdout, stderr) => {
        done({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, stdout, stderr });
      },
    );
  });
}

/** Starts what does not run, and fails loudly when that does not work. */
export async function makeUp(): Promise<void> {
  const result = await run('network/dist/main.js', ['up']);
  if (result.code !== 0) throw new Error(`make up failed:\n${result.stdout}\n${result.stderr}`);
}

/** A command of the mirror against the running network's database. */
export function mirror(
  network: RunningNetwork,
  command: 'hash' | 'verify' | 'rebuild' | 'status' | 'findings' | 'witnesses' | 'resume',
  ...words: readonly string[]
): Promise<CommandResult> {
  return run('mirror/dist/main.js', [command, ...words], {
    DATABASE_URL: databaseUrl(network),
    REGISTRY_NETWORK_FILE: resolve(network.folder, 'network.json'),
    MIRROR_ORGANIZATION: 'op1',
  });
}

/** `registry WORDS` as a person types it, against the running network's gateway. */
export async function registry(
  network: RunningNetwork,
  ...words: readonly string[]
): Promise<CommandResult & { readonly json: Record<string, unknown> }> {
  const { gateway, genesis_hash: genesis } = network.file;
  const result = await run('clients/cli/dist/main.js', words, {
    REGISTRY_GATEWAY: gateway.url,
    REGISTRY_CA: network.path(gateway.tls_ca_cert),
    REGISTRY_NETWORK: genesis,
  });
  const text = result.stdout === '' ? '{}' : result.stdout;
  return { ...result, json: JSON.parse(text) as Record<string, unknown> };
}
