import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type Readable, type Writable } from 'node:stream';
import { ecJwk } from '@maker-registry/protocol';
import * as pkcs11 from 'pkcs11js';
import { familyMilliseconds } from './cpu-time';
import { HSM_CALLERS, HSM_RUNS, HSM_SIGNATURES } from './limits';
import { type Report } from './measurements';
import { table } from './results';
import { softHsmToken, type SoftHsmToken } from './softhsm-token';
import { median } from './statistics';

const SIGN_LOAD = resolve(__dirname, '..', '..', 'gateway-api/dist/hsm/sign-load.js');
const KEY = 'signing';
/** What gateway-api's sign-load signs. */
const MESSAGE = Buffer.from('a load of signatures');
const DIGEST = createHash('sha256').update(MESSAGE).digest();
const SIGNATURE_BYTES = 64;
const POINT_BYTES = 65;

/** Signatures a second, and a second of CPU time of all processes that take part. */
interface Rates {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

type Load = ChildProcessByStdio<Writable, Readable, null>;

/** One way of signing with the token's key. */
type Contestant = () => Promise<Rates>;

/**
 * 32 callers of the gateway's HSM client, its worker's process included, against one thread that calls C_SignInit and C_Sign
 * of the same module on the same key and does nothing else. In turn, pair by pair.
 */
export async function hsmSigning(report: Report): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hsm-bench-'));
  const token = softHsmToken(folder);
  writeFileSync(join(folder, 'pin'), token.pin, { mode: 0o600 });
  const load = startLoad(token, join(folder, 'pin'));
  try {
    const answers = createInterface({ input: load.stdout })[Symbol.asyncIterator]();
    // The key exists from here on.
    await answer(answers);
    const { bare, publicKey } = bareLoop(token);
    const client = clientLoad(load, answers, publicKey);
    return rows(await pairs(bare, client, report));
  } finally {
    load.stdin.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Pair {
  readonly bare: Rates;
  readonly client: Rates;
}

async function pairs(bare: Contestant, client: Contestant, report: Report): Promise<Pair[]> {
  const all: Pair[] = [];
  for (let run = 0; run <= HSM_RUNS; run += 1) {
    const pair = { bare: await bare(), client: await client() };
    report(
      `client ${pair.client.perSecond.toFixed(0)}/s, bare loop ${pair.bare.perSecond.toFixed(0)}/s: ` +
        `${(pair.client.perSecond / pair.bare.perSecond).toFixed(2)}×`,
    );
    // The first pair warms both up and does not count.
    if (run > 0) all.push(pair);
  }
  return all;
}

function rows(all: readonly Pair[]): string[] {
  const figure = (who: keyof Pair, what: keyof Rates): string =>
    median(all.map((pair) => pair[who][what])).toFixed(0);
  const ratio = (what: keyof Rates): string => {
    const ratios = all.map(({ bare, client }) => client[what] / bare[what]);
    return `${median(ratios).toFixed(2)}× (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`;
  };
  return [
    ...table(
      [
        'ECDSA P-256 in SoftHSM',
        'a second',
        'against the loop, paired',
        'a CPU second',
        'against the loop, paired',
      ],
      [
        [
          'bare loop, one thread',
          figure('bare', 'perSecond'),
          '1.00×',
          figure('bare', 'perCpuSecond'),
          '1.00×',
        ],
        [
          `HSM client and worker, ${HSM_CALLERS} callers`,
          figure('client', 'perSecond'),
          ratio('perSecond'),
          figure('client', 'perCpuSecond'),
          ratio('perCpuSecond'),
        ],
      ],
    ),
    `${HSM_RUNS} pairs of ${HSM_SIGNATURES} signatures each. The target of 0.5 is on signatures a second.`,
    '',
  ];
}

function startLoad(token: SoftHsmToken, pinFile: string): Load {
  return spawn(process.execPath, [SIGN_LOAD, token.label, KEY, String(HSM_CALLERS)], {
    env: { ...process.env, HSM_MODULE: token.module, HSM_PIN_FILE: pinFile },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

async function answer(answers: AsyncIterator<string, undefined>): Promise<Readonly<Record<string, unknown>>> {
  const { done, value } = await answers.next();
  if (done === true) throw new Error('The load of the HSM client ended; its message is above.');
  return JSON.parse(value) as Readonly<Record<string, unknown>>;
}

function clientLoad(load: Load, answers: AsyncIterator<string, undefined>, publicKey: KeyObject): Contestant {
  const { pid } = load;
  if (pid === undefined) throw new Error('The load of the HSM client did not start.');
  return async () => {
    const before = familyMilliseconds(pid);
    load.stdin.write(`${HSM_SIGNATURES}\n`);
    const { milliseconds, last } = await answer(answers);
    const cpu = familyMilliseconds(pid) - before;
    assertSigned(Buffer.from(String(last), 'hex'), publicKey);
    return rates(Number(milliseconds), cpu);
  };
}

function bareLoop(token: SoftHsmToken): { bare: Contestant; publicKey: KeyObject } {
  const library = new pkcs11.PKCS11();
  library.load(token.module);
  library.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK });
  const [slot] = library.C_GetSlotList(true);
  if (slot === undefined) throw new Error('The token has no slot.');
  const session = library.C_OpenSession(slot, pkcs11.CKF_RW_SESSION | pkcs11.CKF_SERIAL_SESSION);
  library.C_Login(session, pkcs11.CKU_USER, token.pin);
  const key = objectOf(library, session, pkcs11.CKO_PRIVATE_KEY);
  const [point] = library.C_GetAttributeValue(session, objectOf(library, session, pkcs11.CKO_PUBLIC_KEY), [
    { type: pkcs11.CKA_EC_POINT },
  ]);
  if (point === undefined) throw new Error('The token does not show the public key.');
  const jwk = ecJwk(point.value.subarray(-POINT_BYTES));
  const publicKey = createPublicKey({ key: { ...jwk }, format: 'jwk' });
  const sign = (): Buffer => {
    library.C_SignInit(session, { mechanism: pkcs11.CKM_ECDSA }, key);
    return library.C_Sign(session, DIGEST, Buffer.alloc(SIGNATURE_BYTES));
  };
  return { bare: () => Promise.resolve(loop(sign, publicKey)), publicKey };
}

function loop(sign: () => Buffer, publicKey: KeyObject): Rates {
  let last: Buffer = Buffer.alloc(0);
  const before = process.cpuUsage();
  const started = performance.now();
  for (let n = 0; n < HSM_SIGNATURES; n += 1) last = sign();
  const milliseconds = performance.now() - started;
  const { user, system } = process.cpuUsage(before);
  assertSigned(last, publicKey);
  return rates(milliseconds, (user + system) / 1_000);
}

function rates(milliseconds: number, cpuMilliseconds: number): Rates {
  const signatures = HSM_SIGNATURES * 1_000;
  return { perSecond: signatures / milliseconds, perCpuSecond: signatures / cpuMilliseconds };
}

function objectOf(library: pkcs11.PKCS11, session: pkcs11.Handle, objectClass: number): pkcs11.Handle {
  library.C_FindObjectsInit(session, [
    { type: pkcs11.CKA_CLASS, value: objectClass },
    { type: pkcs11.CKA_LABEL, value: KEY },
  ]);
  const [object] = library.C_FindObjects(session, 1);
  library.C_FindObjectsFinal(session);
  if (object === undefined) throw new Error(`The token has no key "${KEY}".`);
  return object;
}

/** Both sign the same bytes with the same key, or nothing is compared. */
function assertSigned(signature: Buffer, publicKey: KeyObject): void {
  if (!verify('sha256', MESSAGE, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)) {
    throw new Error('A signature of the token does not verify.');
  }
}
