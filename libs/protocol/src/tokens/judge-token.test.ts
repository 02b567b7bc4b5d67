import { utf8 } from '../encoding/bytes';
import { serializeEnvelope } from '../intents/envelope';
import { REVOCATION_LIST_PAYLOAD_TYPE } from '../intents/pae';
import { signPayload } from '../intents/sign';
import { ecJwk, type PublicJwk } from '../jose/jwk';
import { fromHex } from '../encoding/bytes';
import { type OperatorsDocument } from '../registry-list/operators-document';
import { buildRevocationList, encodeRevocationList } from '../revocation-list/payload';
import { packStatuses } from '../status-list/status-array';
import { assembleStatusList, statusListSigningInput } from '../status-list/status-list-token';
import { combinedAt, LIST_SIGNERS, textOf } from '../test-support/list-operators';
import { NETWORK } from '../test-support/parameters';
import { RevocationLedger } from '../test-support/revocation-ledger';
import { es256Signer } from '../test-support/software-signer';
import { CLAIMS, NOW, OPERATOR, OPERATOR_JWK, tokenOf } from '../test-support/token';
import { type TokenClaims } from './claims';
import { judgeToken, type NamedList, type TokenQuestion } from './judge-token';

const OTHER = es256Signer('token op2');
const URI = 'https://op1.example/v1/status-lists/500000-0';
const listJwk = (mspId: string): PublicJwk => ({
  ...ecJwk(fromHex(LIST_SIGNERS[mspId]?.publicKey ?? '')),
  kid: `${mspId}-list`,
  use: 'list',
});
const OPERATORS: OperatorsDocument = {
  network: NETWORK,
  operators: [
    { mspId: 'Op1MSP', keys: [{ ...OPERATOR_JWK, use: 'token' }, listJwk('Op1MSP')] },
    {
      mspId: 'Op2MSP',
      keys: [{ ...ecJwk(fromHex(OTHER.publicKey)), kid: 'op2-token', use: 'token' }, listJwk('Op2MSP')],
    },
  ],
};
const WITH_STATUS: TokenClaims = { ...CLAIMS, status: { status_list: { idx: 7, uri: URI } } };

const named = (name: string, text: string): NamedList => ({ name, bytes: utf8(text) });

async function combined(ledger: RevocationLedger, issuers = ['Op1MSP', 'Op2MSP']): Promise<NamedList> {
  return named(
    'combined',
    textOf(await combinedAt(ledger.entries, issuers, { this_update: NOW, next_update: NOW + 60 })),
  );
}

async function ownList(ledger: RevocationLedger, superseded = 0): Promise<NamedList> {
  const list = buildRevocationList({
    network: NETWORK,
    issuer: 'Op1MSP',
    head: ledger.head,
    height: 10,
    thisUpdate: NOW,
    nextUpdate: NOW + 60,
    revocations: ledger.entries,
    superseded: superseded === 0 ? [] : [{ right_id: CLAIMS.right_id, version: superseded }],
  });
  const signer = LIST_SIGNERS['Op1MSP'] ?? OPERATOR;
  return named(
    'own',
    serializeEnvelope(await signPayload(REVOCATION_LIST_PAYLOAD_TYPE, encodeRevocationList(list), signer)),
  );
}

async function statusList(
  status: number,
  change: { sub?: string; kid?: string; iat?: number } = {},
): Promise<NamedList> {
  const claims = { sub: change.sub ?? URI, iat: change.iat ?? NOW, exp: NOW + 600, ttl: 5 };
  const packed = { bits: 2 as const, statuses: packStatuses([[7, status]], 64, 2) };
  const kid = change.kid ?? 'op1-token';
  const input = statusListSigningInput(claims, packed, kid);
  const signer = kid === 'op2-token' ? OTHER : OPERATOR;
  return named('status', assembleStatusList(input, await signer.sign(utf8(input))));
}

async function settled(lists: readonly (NamedList | Promise<NamedList>)[]): Promise<NamedList[]> {
  const done: NamedList[] = [];
  for (const list of lists) done.push(await list);
  return done;
}

const EMPTY = new RevocationLedger();

async function judged(
  lists: readonly (NamedList | Promise<NamedList>)[],
  more: Partial<TokenQuestion> = {},
  claims = WITH_STATUS,
): Promise<string> {
  const question = { operators: OPERATORS, lists: await settled(lists), now: NOW + 5, ...more };
  const { verdict, code } = judgeToken(await tokenOf(claims), question);
  return `${verdict} ${code}`;
}

function ledgerWith(...acts: Parameters<RevocationLedger['restrict']>[]): RevocationLedger {
  const ledger = new RevocationLedger();
  for (const act of acts) ledger.restrict(...act);
  return ledger;
}

describe('a token judged by lists at hand', () => {
  it.each([
    ['the issuer’s own list', () => [ownList(EMPTY)]],
    ['its status list', () => [statusList(0)]],
    ['combined lists and a status list', () => [combined(EMPTY), statusList(0)]],
  ])('is valid by %s', async (_what, lists) => {
    expect(await judged(lists())).toBe('valid OK');
  });

  it('is unknown without lists, and when no list says who holds the right now', async () => {
    expect(await judged([])).toBe('unknown LIST_INCOMPLETE');
    expect(await judged([combined(EMPTY)])).toBe('unknown LIST_MISSING');
  });

  it('asks for as many operators as are to vouch', async () => {
    const two = { threshold: 2 };
    expect(await judged([ownList(EMPTY), statusList(0)], two)).toBe('unknown LIST_INCOMPLETE');
    expect(await judged([combined(EMPTY, ['Op1MSP']), statusList(0)], two)).toBe('unknown LIST_INCOMPLETE');
    expect(await judged([combined(EMPTY), statusList(0)], two)).toBe('valid OK');
  });

  it.each<[string, Parameters<RevocationLedger['restrict']>, string]>([
    ['the artifact is revoked', ['artifact', 'artifact'], 'invalid REVOKED'],
    ['the key version is revoked', ['key', 'artifact'], 'invalid REVOKED'],
    ['the device is held', ['device', 'device', { kind: 'hold' }], 'suspended EXECUTION_HELD'],
    ['the holder is banned', ['actor', 'ann'], 'invalid ACTOR_BANNED'],
    ['another artifact is revoked', ['artifact', 'other'], 'valid OK'],
  ])('follows every list when %s', async (_what, act, expected) => {
    const ledger = ledgerWith(act);
    expect(await judged([ownList(ledger)])).toBe(expected);
    expect(await judged([combined(ledger), statusList(0)])).toBe(expected);
    // One list that says so is enough, whatever the others say.
    expect(await judged([combined(ledger), ownList(EMPTY), statusList(0)])).toBe(expected);
  });

  it('follows what one combined list says, in whatever order they are named', async () => {
    const after = combined(ledgerWith(['artifact', 'artifact']));
    expect(await judged([after, combined(EMPTY), statusList(0)])).toBe('invalid REVOKED');
    expect(await judged([combined(EMPTY), after, statusList(0)])).toBe('invalid REVOKED');
  });

  it('follows the status list, also against lists that know nothing yet', async () => {
    expect(await judged([statusList(1)])).toBe('invalid REVOKED');
    expect(await judged([statusList(2), ownList(EMPTY)])).toBe('suspended EXECUTION_HELD');
  });

  it('is invalid once the right has changed hands', async () => {
    expect(await judged([ownList(EMPTY, 3)])).toBe('invalid TOKEN_SUPERSEDED');
    expect(await judged([ownList(EMPTY, 2)])).toBe('valid OK');
  });

  it.each([
    ['a status list of another address', () => statusList(0, { sub: `${URI}9` })],
    ['a status list of another operator', () => statusList(0, { kid: 'op2-token' })],
    ['a status list that is too old for the class', () => statusList(0, { iat: NOW - 200 })],
    ['something else', () => Promise.resolve(named('x', '{"a":1}'))],
    ['nothing', () => Promise.resolve(named('x', ''))],
    ['bytes that are no text', () => Promise.resolve({ name: 'x', bytes: Uint8Array.of(0xff, 0xfe) })],
  ])('gains nothing by %s', async (_what, list) => {
    expect(await judged([list()])).toBe('unknown LIST_INCOMPLETE');
  });

  it('needs lists as fresh as its class asks', async () => {
    expect(await judged([ownList(EMPTY)], { now: NOW + 121 })).toBe('unknown LIST_INCOMPLETE');
    expect(await judged([combined(EMPTY), statusList(0)], { now: NOW + 121 })).toBe(
      'unknown LIST_INCOMPLETE',
    );
  });

  it('is invalid after its time, of another network or signed by a stranger', async () => {
    expect(await judged([ownList(EMPTY)], { now: CLAIMS.exp + 100 })).toBe('invalid TOKEN_EXPIRED');
    const operators = { ...OPERATORS, network: 'f'.repeat(64) };
    expect(await judged([], { operators })).toBe('invalid TOKEN_WRONG_NETWORK');
    expect(
      judgeToken(await tokenOf(CLAIMS, 'nobody'), { operators: OPERATORS, lists: [], now: NOW }).code,
    ).toBe('TOKEN_KEY_UNKNOWN');
  });

  it('signed by another operator than it names is refused', async () => {
    expect(await judged([], {}, { ...CLAIMS, iss: 'Op2MSP' })).toBe('invalid TOKEN_KEY_UNKNOWN');
    // Also where the other one gives its key the kid of the one named.
    const [one, two] = OPERATORS.operators;
    const named = {
      mspId: 'Op2MSP',
      keys: two!.keys.map((key) => ({ ...key, kid: OPERATOR_JWK.kid ?? '' })),
    };
    const operators = { ...OPERATORS, operators: [one!, named] };
    expect(await judged([], { operators }, { ...CLAIMS, iss: 'Op2MSP' })).toBe(
      'invalid TOKEN_SIGNATURE_INVALID',
    );
  });

  it('tells what remains of it', async () => {
    const ledger = ledgerWith(
      ['artifact', 'artifact', { kind: 'narrow', scope: { actions: ['adapt'] } }],
      ['artifact', 'artifact', { kind: 'downgrade', limits: { max_executions: 3 } }],
    );
    const token = await tokenOf({ ...CLAIMS, actions: ['execute', 'adapt'] });
    const { verdict, permits, checks } = judgeToken(token, {
      operators: OPERATORS,
      lists: [await ownList(ledger)],
      now: NOW,
    });
    expect([verdict, permits]).toEqual(['valid', { actions: ['execute'], limits: { max_executions: 3 } }]);
    expect(checks.map(({ name, passed }) => [name, passed])).toEqual([
      ['token', true],
      ['own', true],
      ['restrictions', true],
      ['coverage', true],
    ]);
  });
});
