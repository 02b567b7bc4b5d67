import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { canonicalize, INTENT_TYPES, serializeEnvelope } from '@maker-registry/protocol';
import { buildSignedIntent, generateActorKey } from '@maker-registry/sdk';
import type { ActingParty } from './acting-party';
import { TICKS_PER_SECOND } from './limits';

const REPLAY = resolve(__dirname, '..', '..', 'chaincode/dist/replay.js');
const NETWORK = createHash('sha256').update('a ledger in memory').digest('hex');
const OPERATOR = { msp_id: 'Op1MSP', role: 'operator-admin' };
const GATE = {
  approvals_required: 0,
  attestation_required: false,
  token_ttl_s: 600,
  list_max_age_s: 60,
  fail_closed: false,
  fee_bps: 10,
};

/** Transactions for chaincode's own replay (`chaincode/dist/replay.js`), which runs the contracts on a state in memory. */
export class ReplayedLedger {
  readonly lines: string[] = [];
  readonly now = Math.floor(Date.now() / 1_000);

  constructor() {
    const classes = Object.fromEntries(['low', 'medium', 'high', 'critical'].map((name) => [name, GATE]));
    this.#call('parameters:Propose', {
      parameters: {
        version: 1,
        network: NETWORK,
        operators: [OPERATOR.msp_id],
        regulators: [],
        risk_classes: classes,
        domains: [],
        reason_codes: [{ code: 'abuse', title: 'Abuse', kinds: ['hold'], who: ['operator'] }],
        bequest_min_waiting_s: 0,
        intent_max_lifetime_s: 86_400,
      },
    });
  }

  /** A registered actor. */
  async actor(): Promise<ActingParty> {
    const key = generateActorKey();
    const act: ActingParty['act'] = async (type, body) => {
      const { contract, function: name } = INTENT_TYPES[type];
      this.#add(`${contract}:${name}`, serializeEnvelope(await buildSignedIntent(NETWORK, type, body, key)));
    };
    await act('actor.register', { alg: 'ed25519', public_key: key.signer.publicKey });
    return { id: key.actorId, act };
  }

  #call(name: string, argument: unknown): void {
    this.#add(name, canonicalize(argument));
  }

  #add(name: string, argument: string): void {
    this.lines.push(
      JSON.stringify({
        function: name,
        args: [argument],
        creator: OPERATOR,
        txId: createHash('sha256').update(String(this.lines.length)).digest('hex'),
        timestamp: this.now,
      }),
    );
  }
}

/** CPU milliseconds of a process that replays the lines; every one of them must succeed. */
export async function replayCost(lines: readonly string[]): Promise<number> {
  const child = spawn('/bin/sh', ['-c', `"${process.execPath}" "${REPLAY}"; cat /proc/$$/stat`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stdin.end(`${lines.join('\n')}\n`);
  await new Promise((done) => child.once('close', done));
  const output = Buffer.concat(chunks).toString('utf8').trim().split('\n');
  const stat = output.pop() ?? '';
  const refused = output.find((line) => line.includes('"error":'));
  if (refused !== undefined) throw new Error(`A replayed transaction was refused: ${refused.slice(0, 300)}`);
  // User and system time of the shell's children that have ended: the replay, and nothing else so far.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[13]) + Number(fields[14])) * 1_000) / TICKS_PER_SECOND;
}
