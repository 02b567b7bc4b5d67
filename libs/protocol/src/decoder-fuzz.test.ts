import { type ErrorCode } from './errors/error-codes';
import { isRegistryError } from './errors/registry-error';
import { parseEnvelope, serializeEnvelope } from './intents/envelope';
import { signPayload } from './intents/sign';
import { REVOCATION_LIST_PAYLOAD_TYPE } from './intents/pae';
import { utf8 } from './encoding/bytes';
import { judgeRegistryLists } from './registry-list/check';
import { parseOperators } from './registry-list/operators-document';
import { checkRevocationList } from './revocation-list/check';
import { buildRevocationList, encodeRevocationList } from './revocation-list/payload';
import { packStatuses } from './status-list/status-array';
import { assembleStatusList, openStatusList, statusListSigningInput } from './status-list/status-list-token';
import { combinedAt, LIST_KEYS, LIST_SIGNERS, LIST_TIME, textOf } from './test-support/list-operators';
import { NETWORK } from './test-support/parameters';
import { RevocationLedger } from './test-support/revocation-ledger';
import { OPERATOR, OPERATOR_JWK, tokenOf } from './test-support/token';
import { decodeToken } from './tokens/token';

/** Changed inputs for each decoder: the same ones in every run. */
const RUNS = 4_000;
const SLOW_RUNS = 800;
/** Bytes by which the heap may grow over all runs of one decoder: an input must not leave memory behind. */
const MAX_GROWTH_BYTES = 200 * 1024 * 1024;
const INTERESTING = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\\',
  '0',
  '-',
  '.',
  'e',
  '\u0000',
  '=',
  '9'.repeat(40),
];

/** A linear congruential generator (Numerical Recipes): numbers that follow from the seed alone. */
function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A text with some bytes exchanged, cut, doubled, or replaced by what parsers trip over. */
function mutated(text: string, next: (below: number) => number): string {
  let result = text;
  for (let change = 0; change <= next(4); change += 1) {
    const at = next(result.length + 1);
    const length = next(16);
    const piece = INTERESTING[next(INTERESTING.length)] ?? '';
    const kinds = [
      () => result.slice(0, at) + result.slice(at + length),
      () => result.slice(0, at) + piece + result.slice(at),
      () => result.slice(0, at) + piece + result.slice(at + 1),
      () => result.slice(0, at) + result.slice(at, at + length).repeat(3) + result.slice(at),
      () => result.slice(0, at),
      () => result.slice(0, at) + String.fromCharCode(next(256)) + result.slice(at + 1),
    ];
    result = (kinds[next(kinds.length)] ?? kinds[0])?.() ?? result;
  }
  return result;
}

/** Decodes changed inputs; anything but an answer or one of our own errors fails the test. */
function fuzz(
  text: string,
  runs: number,
  decode: (input: string) => unknown,
): ReadonlyMap<ErrorCode | 'none', number> {
  const next = numbers(text.length);
  const outcomes = new Map<ErrorCode | 'none', number>();
  const before = process.memoryUsage().heapUsed;
  for (let run = 0; run < runs; run += 1) {
    const input = mutated(text, next);
    let code: ErrorCode | 'none' = 'none';
    try {
      decode(input);
    } catch (error) {
      if (!isRegistryError(error)) throw new Error(`run ${run}: ${String(error)}`, { cause: error });
      ({ code } = error);
    }
    outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
  }
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(MAX_GROWTH_BYTES);
  return outcomes;
}

function ledger(): RevocationLedger {
  const made = new RevocationLedger();
  for (const name of ['a', 'b', 'c']) made.restrict('artifact', name);
  made.restrict('key', 'a', { kind: 'narrow', scope: { actions: ['execute'] } });
  return made;
}

describe('changed inputs', () => {
  it('of a rights token give an answer or an error of ours', async () => {
    const outcomes = fuzz(await tokenOf(), RUNS, decodeToken);
    expect(outcomes.get('TOKEN_MALFORMED')).toBeGreaterThan(RUNS / 2);
  });

  it('of a DSSE envelope give an answer or an error of ours', async () => {
    const envelope = await signPayload('text/plain', utf8('payload'), OPERATOR);
    const outcomes = fuzz(serializeEnvelope(envelope), RUNS, parseEnvelope);
    expect(outcomes.get('ENVELOPE_MALFORMED')).toBeGreaterThan(0);
  });

  it('of an operator’s own list are never accepted', async () => {
    const made = ledger();
    const list = buildRevocationList({
      network: NETWORK,
      issuer: 'Op1MSP',
      head: made.head,
      height: 5,
      thisUpdate: LIST_TIME,
      nextUpdate: LIST_TIME + 60,
      revocations: made.entries,
      superseded: [],
    });
    const signer = LIST_SIGNERS['Op1MSP'] ?? OPERATOR;
    const envelope = await signPayload(REVOCATION_LIST_PAYLOAD_TYPE, encodeRevocationList(list), signer);
    const text = serializeEnvelope(envelope);
    const outcomes = fuzz(text, SLOW_RUNS, (input) => {
      const checked = checkRevocationList(input, { keys: LIST_KEYS, network: NETWORK, now: LIST_TIME });
      // Whitespace between members, or no change at all: what was accepted says the same.
      expect(checked.list).toEqual(list);
    });
    expect(outcomes.get('LIST_MALFORMED')).toBeGreaterThan(SLOW_RUNS / 2);
  });

  it('of a combined list are refused, or say the same', async () => {
    const text = textOf(await combinedAt(ledger().entries, ['Op1MSP', 'Op2MSP']));
    const question = { keys: LIST_KEYS, threshold: 2, network: NETWORK, now: LIST_TIME };
    const whole = judgeRegistryLists(text, question).accepted;
    fuzz(text, SLOW_RUNS, (input) => {
      const { accepted, verdict } = judgeRegistryLists(input, question);
      if (accepted === undefined) {
        expect(verdict).toBe('refused');
        return;
      }
      for (const [scope, content] of accepted.contents) {
        expect(content.header).toEqual(whole?.contents.get(scope)?.header);
      }
    });
  });

  it('of a status list give an answer or an error of ours', async () => {
    const uri = 'https://op1.example/v1/status-lists/1-0';
    const packed = { bits: 2 as const, statuses: packStatuses([[3, 2]], 4_096, 2) };
    const claims = { sub: uri, iat: LIST_TIME, exp: LIST_TIME + 60, ttl: 5 };
    const input = statusListSigningInput(claims, packed, 'op1-token');
    const token = assembleStatusList(input, await OPERATOR.sign(utf8(input)));
    const check = { jwks: { keys: [OPERATOR_JWK] }, uri, now: LIST_TIME };
    const outcomes = fuzz(token, RUNS, (changed) => openStatusList(changed, check).statusAt(3));
    expect(outcomes.get('STATUS_LIST_MALFORMED')).toBeGreaterThan(RUNS / 2);
  });

  it('of a document of operators give an answer or an error of ours', () => {
    const keys = [{ ...OPERATOR_JWK, use: 'list' }];
    const text = JSON.stringify({ v: 1, network: NETWORK, operators: [{ msp_id: 'Op1MSP', keys }] });
    expect(fuzz(text, RUNS, parseOperators).get('JSON_MALFORMED')).toBeGreaterThan(0);
  });
});
