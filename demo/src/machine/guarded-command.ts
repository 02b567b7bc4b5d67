import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { GUARDED_RUN_MS } from '../limits';
import type { Serving, Story } from '../play/story';
import { ProgramError, runProgram, stopProcess, type ProgramResult } from './program';

/** The guard is a program of its own: the demonstration never sees a plaintext, nor a content key after the deposit. */
function guardProgram(story: Story): string {
  return join(story.root, 'clients', 'guard', 'dist', 'main.js');
}

/** How the guard reaches the gateway and the TPM. */
function environment(story: Story): NodeJS.ProcessEnv {
  const { gateway, genesis_hash: genesisHash } = story.network;
  const { device } = story.made;
  return {
    ...process.env,
    REGISTRY_GATEWAY: gateway.url,
    REGISTRY_CA: resolve(story.root, gateway.tls_ca_cert),
    REGISTRY_NETWORK: genesisHash,
    ...(device === undefined ? {} : { TPM2TOOLS_TCTI: device.tcti }),
  };
}

/** Runs the guard to its end, whatever that is. */
export function runGuard(
  story: Story,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<ProgramResult> {
  return runProgram(process.execPath, [guardProgram(story), ...args], {
    env: { ...environment(story), ...env },
    limitMs: GUARDED_RUN_MS,
  });
}

/** Runs the guard; gives the JSON object it prints. Any exit code but 0 is a failure. */
export async function askGuard(
  story: Story,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Readonly<Record<string, unknown>>> {
  const { code, stdout, stderr } = await runGuard(story, args, env);
  if (code !== 0)
    throw new ProgramError(`guard ${args[0] ?? ''}`, `ended with code ${code ?? 'none'}`, stderr);
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** Starts the guard and goes on; its output is kept in `log` too. It ends with the demonstration at the latest. */
export function startGuard(story: Story, args: readonly string[], log: string): Serving {
  const child = spawn(process.execPath, [guardProgram(story), ...args], {
    env: environment(story),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const file = createWriteStream(log);
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.pipe(file, { end: false });
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  const ended = new Promise<number | null>((resolveEnd) => {
    child.once('error', (error) => {
      lines.push(error.message);
      resolveEnd(null);
    });
    child.once('close', resolveEnd);
  });
  story.closers.add(async () => {
    await stopProcess(child);
    file.end();
  });
  return { pid: child.pid ?? 0, lines: () => lines, ended };
}
