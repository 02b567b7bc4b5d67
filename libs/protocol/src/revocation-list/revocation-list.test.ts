import { canonicalize } from '../encoding/canonical-json';
import { utf8 } from '../encoding/bytes';
import { sha256Hex } from '../encoding/hash';
import { keyId } from '../identifiers';
import { type Envelope, serializeEnvelope } from '../intents/envelope';
import { REVOCATION_LIST_PAYLOAD_TYPE } from '../intents/pae';
import { countersign, signPayload, type Signer } from '../intents/sign';
import { codeOf } from '../test-support/expect-code';
import { NETWORK } from '../test-support/parameters';
import { es256Signer } from '../test-support/software-signer';
import { checkRevocationList, type ListCheck } from './check';
import { type ListKey } from './list-key';
import { buildRevocationList, encodeRevocationList, type RevocationList } from './payload';
import { type Revocation } from '../domain/revocation';

const NOW = 1_800_000_000;
const op1 = es256Signer('list op1');
const op2 = es256Signer('list op2');
const keyOf = (signer: Signer, issuer: string): ListKey => ({
  keyid: keyId(signer.alg, signer.publicKey),
  alg: signer.alg,
  publicKey: signer.publicKey,
  issuer,
});
const CHECK: ListCheck = {
  keys: [keyOf(op1, 'Op1MSP'), keyOf(op2, 'Op2MSP')],
  network: NETWORK,
  now: NOW,
  maxAgeS: 60,
};

const ENTRY: Revocation = {
  number: 1,
  previous: '0'.repeat(64),
  subject_type: 'artifact',
  subject_id: sha256Hex('artifact'),
  kind: 'hold',
  reason_code: 'abuse-pattern',
  by: { msp_id: 'Op1MSP', role: 'ca-admin' },
  final: false,
  tx_id: 'tx',
  at: NOW - 10,
};

const SNAPSHOT = {
  network: NETWORK,
  issuer: 'Op1MSP',
  head: { number: 3, hash: sha256Hex('head') },
  height: 30,
  thisUpdate: NOW,
  nextUpdate: NOW + 60,
  revocations: [ENTRY],
  superseded: [],
};
const LIST = buildRevocationList(SNAPSHOT);

async function signed(
  list: RevocationList,
  signer: Signer = list.issuer === 'Op2MSP' ? op2 : op1,
): Promise<Envelope> {
  return signPayload(REVOCATION_LIST_PAYLOAD_TYPE, encodeRevocationList(list), signer);
}

describe('buildRevocationList', () => {
  it('lists what is in force, in the order of numbers, whatever the order of the snapshot', () => {
    const lifted = { ...ENTRY, number: 2, lifted: { number: 3, tx_id: 'x', at: NOW } };
    const release = { ...ENTRY, number: 3, kind: 'release' as const, releases: 2 };
    const later = {
      ...ENTRY,
      number: 4,
      kind: 'narrow' as const,
      scope: { actions: ['execute' as const] },
      final: true,
    };
    const superseded = [
      { right_id: 'b'.repeat(64), version: 2 },
      { right_id: 'a'.repeat(64), version: 3 },
    ];
    const revocations = [later, release, ENTRY, lifted];
    const list = buildRevocationList({ ...SNAPSHOT, revocations, superseded });
    expect(list.entries.map(({ number }) => number)).toEqual([1, 4]);
    expect(list.entries[1]).toMatchObject({
      kind: 'narrow',
      scope: { actions: ['execute'] },
      revoked_at: NOW - 10,
    });
    const again = buildRevocationList({
      ...SNAPSHOT,
      revocations: revocations.reverse(),
      superseded: superseded.reverse(),
    });
    expect(encodeRevocationList(again)).toEqual(encodeRevocationList(list));
  });

  it('starts with an empty list of number 0', () => {
    expect(buildRevocationList({ ...SNAPSHOT, head: undefined, revocations: [] })).toMatchObject({
      number: 0,
      previous_hash: '0'.repeat(64),
      entries: [],
    });
  });

  it('does not encode nonsense', () => {
    expect(codeOf(() => encodeRevocationList({ ...LIST, number: -1 }))).toBe('SCHEMA_VIOLATION');
  });
});

describe('checkRevocationList', () => {
  const code = (envelope: Envelope | string, changes: Partial<ListCheck> = {}): string =>
    codeOf(() => checkRevocationList(envelope, { ...CHECK, ...changes }));

  it('accepts a fresh list and remembers it', async () => {
    const { list, seen } = checkRevocationList(serializeEnvelope(await signed(LIST)), CHECK);
    expect(list).toEqual(LIST);
    expect(seen).toMatchObject({
      number: 3,
      previous_hash: LIST.previous_hash,
      issuers: { Op1MSP: { height: 30 } },
    });
  });

  it('refuses signatures by others, by two, and in another’s name', async () => {
    const stranger = await signed(LIST, es256Signer('stranger'));
    expect(code(stranger)).toBe('LIST_SIGNATURE_INVALID');
    expect(code(await signed(LIST, op2))).toBe('LIST_SIGNATURE_INVALID');
    expect(code(await countersign(await signed(LIST), op2))).toBe('LIST_SIGNATURE_INVALID');
    const good = await signed(LIST);
    const changed = { ...good, payload: (await signed({ ...LIST, entries: [] })).payload };
    expect(code(changed)).toBe('LIST_SIGNATURE_INVALID');
    expect(code(good, { keys: [] })).toBe('LIST_SIGNATURE_INVALID');
  });

  it('refuses another network, another payload type and other forms', async () => {
    expect(code(await signed({ ...LIST, network: 'f'.repeat(64) }))).toBe('LIST_WRONG_NETWORK');
    const raw = async (text: string, type = REVOCATION_LIST_PAYLOAD_TYPE): Promise<Envelope> =>
      signPayload(type, utf8(text), op1);
    expect(code(await raw(canonicalize(LIST), 'application/json'))).toBe('LIST_MALFORMED');
    expect(code(await raw(JSON.stringify(LIST, null, 1)))).toBe('LIST_MALFORMED');
    expect(code(await raw(canonicalize({ ...LIST, extra: 1 })))).toBe('LIST_MALFORMED');
    expect(code(await raw(canonicalize({ ...LIST, entries: [{}] })))).toBe('LIST_MALFORMED');
    expect(code(await raw('{"v":1,"v":1}'))).toBe('LIST_MALFORMED');
    expect(code('nonsense')).toBe('LIST_MALFORMED');
  });

  it('refuses what is older than what was seen', async () => {
    const { seen } = checkRevocationList(await signed(LIST), CHECK);
    expect(code(await signed({ ...LIST, number: 2 }), { seen })).toBe('LIST_ROLLBACK');
    expect(code(await signed({ ...LIST, number: 2, issuer: 'Op2MSP' }), { seen })).toBe('LIST_ROLLBACK');
    expect(code(await signed({ ...LIST, height: 29 }), { seen })).toBe('LIST_ROLLBACK');
    expect(code(await signed({ ...LIST, this_update: NOW - 1 }), { seen })).toBe('LIST_ROLLBACK');
    expect(code(await signed(LIST), { seen })).toBe('none');
    expect(code(await signed({ ...LIST, number: 4, height: 31 }), { seen })).toBe('none');
  });

  it('lets another operator lag by blocks, but not by numbers, and still remembers each', async () => {
    const first = checkRevocationList(await signed(LIST), CHECK).seen;
    const second = checkRevocationList(await signed({ ...LIST, issuer: 'Op2MSP', height: 25 }), {
      ...CHECK,
      seen: first,
    }).seen;
    expect(code(await signed({ ...LIST, height: 27 }), { seen: second })).toBe('LIST_ROLLBACK');
    expect(code(await signed({ ...LIST, issuer: 'Op2MSP', height: 24 }), { seen: second })).toBe(
      'LIST_ROLLBACK',
    );
  });

  it('refuses two truths: another chain under one number, another list of one height and time', async () => {
    const { seen } = checkRevocationList(await signed(LIST), CHECK);
    const fork = { ...LIST, previous_hash: sha256Hex('fork') };
    expect(code(await signed(fork), { seen })).toBe('LIST_EQUIVOCATION');
    expect(code(await signed({ ...fork, issuer: 'Op2MSP' }), { seen })).toBe('LIST_EQUIVOCATION');
    expect(code(await signed({ ...LIST, entries: [] }), { seen })).toBe('LIST_EQUIVOCATION');
  });

  it('refuses what is too old or from the future', async () => {
    const list = await signed(LIST);
    expect(code(list, { now: NOW + 60 })).toBe('none');
    expect(code(list, { now: NOW + 61 })).toBe('LIST_STALE');
    expect(code(list, { now: NOW - 61 })).toBe('LIST_STALE');
    const lenient = { keys: CHECK.keys, network: NETWORK };
    expect(codeOf(() => checkRevocationList(list, { ...lenient, now: NOW + 1e6 }))).toBe('none');
  });

  it('keeps an operator named like an inherited member apart', async () => {
    const key = keyOf(op1, 'constructor');
    const list = { ...LIST, issuer: 'constructor' };
    const { seen } = checkRevocationList(await signed(list), { ...CHECK, keys: [key] });
    expect(code(await signed(list), { keys: [key], seen: { ...seen, issuers: {} } })).toBe('none');
  });
});
