/**
 * Signs as many times as each line of its input says, by the client of the gateway and by so many callers at once:
 * sign-load TOKEN LABEL CALLERS. For measurements of another room, which start it as a process; the gateway does not. Makes the
 * key where the token lacks it. A line of JSON answers each line: {"signatures","milliseconds","last"}, the first {"ready":true}.
 */
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { EnvironmentReader } from '../config/environment';
import { ensureKey } from './ensure-keys';
import { HsmClient } from './hsm-client';

/** What is signed, always the same: ECDSA in the token takes a new random number each time. */
const MESSAGE = 'a load of signatures';
/** Most signatures that one line asks for. */
const MAX_SIGNATURES = 1_000_000;

function say(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

function counted(word: string, most: number): number {
  const count = Number(word);
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw new Error(`"${word}" is not a number from 1 to ${most}`);
}

async function signTimes(hsm: HsmClient, label: string, count: number, callers: number): Promise<object> {
  const digest = createHash('sha256').update(MESSAGE).digest();
  let left = count;
  let last: Uint8Array = new Uint8Array();
  const started = performance.now();
  const caller = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      last = await hsm.sign(label, digest);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const milliseconds = performance.now() - started;
  return { signatures: count, milliseconds, last: Buffer.from(last).toString('hex') };
}

async function main([token = '', label = '', callersText = '']: readonly string[]): Promise<void> {
  const env = new EnvironmentReader(process.env);
  const callers = counted(callersText, 1_000);
  const hsm = await HsmClient.open({
    module: env.text('HSM_MODULE'),
    pinFile: env.text('HSM_PIN_FILE'),
    token,
  });
  try {
    await ensureKey(hsm, label, 'sign');
    say({ ready: true });
    for await (const line of createInterface({ input: process.stdin })) {
      say(await signTimes(hsm, label, counted(line, MAX_SIGNATURES), callers));
    }
  } finally {
    await hsm.close();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
