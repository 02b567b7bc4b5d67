import { sha256Hex } from '../encoding/hash';
import { type Envelope } from '../intents/envelope';
import { countersign } from '../intents/sign';
import { NETWORK } from '../test-support/parameters';
import {
  combinedAt,
  LIST_KEYS,
  LIST_SIGNERS,
  LIST_TIME,
  listKey,
  signedStatement,
  statementAt,
  textOf,
} from '../test-support/list-operators';
import { RevocationLedger } from '../test-support/revocation-ledger';
import { es256Signer } from '../test-support/software-signer';
import { codeOf } from '../test-support/expect-code';
import {
  type AcceptedRegistryLists,
  checkRegistryLists,
  judgeRegistryLists,
  type ListJudgement,
  type RegistryListQuestion,
} from './check';
import { type RegistryListDocument } from './document';
import { ListIndex } from './list-index';
import { type ListHeader, listDigest } from './list-header';
import { type ListScope } from './scopes';
import { parseSeenRegistryLists, type SeenRegistryLists } from './seen';
import { type ListStatement } from './statement';

const ALL = ['Op1MSP', 'Op2MSP', 'Op3MSP'];
const TWO = ['Op1MSP', 'Op2MSP'];
const ledger = new RevocationLedger();
ledger.restrict('artifact', 'a');
ledger.restrict('key', 'a');
ledger.restrict('artifact', 'b', { kind: 'hold' });
const { entries } = ledger;

const QUESTION: RegistryListQuestion = {
  keys: LIST_KEYS,
  threshold: 2,
  network: NETWORK,
  now: LIST_TIME + 5,
};

async function judge(
  document: RegistryListDocument | Promise<RegistryListDocument>,
  more: Partial<RegistryListQuestion> = {},
): Promise<ListJudgement> {
  return judgeRegistryLists(textOf(await document), { ...QUESTION, ...more });
}

async function codeWith(
  document: RegistryListDocument | Promise<RegistryListDocument>,
  more: Partial<RegistryListQuestion> = {},
): Promise<string> {
  return (await judge(document, more)).code;
}

async function accepted(
  document: RegistryListDocument | Promise<RegistryListDocument>,
  more: Partial<RegistryListQuestion> = {},
): Promise<AcceptedRegistryLists> {
  return checkRegistryLists(textOf(await document), { ...QUESTION, ...more });
}

function withHeader(document: RegistryListDocument, change: Partial<ListHeader>): RegistryListDocument {
  const lists = document.lists.map((list) =>
    list.header.scope === 'artifacts' ? { ...list, header: { ...list.header, ...change } } : list,
  );
  return { ...document, lists };
}

function headerOf({ lists }: RegistryListDocument, scope: ListScope): ListHeader {
  const found = lists.find(({ header }) => header.scope === scope);
  if (found === undefined) throw new Error(`no list of ${scope}`);
  return found.header;
}

/** A document in which operators vouch for a header that the ledger does not give. */
async function forged(
  change: Partial<ListHeader>,
  issuers = TWO,
  stated: Partial<ListStatement> = {},
): Promise<RegistryListDocument> {
  const document = withHeader(await combinedAt(entries, []), change);
  const header = headerOf(document, 'artifacts');
  const statements = issuers.map((issuer) => {
    const statement = statementAt(entries, issuer, stated);
    const artifacts = { number: header.number, digest: listDigest(header) };
    return signedStatement({ ...statement, lists: { ...statement.lists, artifacts } });
  });
  return { ...document, statements: await Promise.all(statements) };
}

describe('a combined list', () => {
  it('is accepted when enough operators vouch for it, and tells every check', async () => {
    const { verdict, code, checks, accepted: lists, alarms } = await judge(combinedAt(entries, TWO));
    expect([verdict, code, alarms]).toEqual(['accepted', 'OK', []]);
    expect(checks.map(({ name, passed }) => (passed ? name : `${name} failed`))).toEqual([
      'form',
      'network',
      'signatures',
      'state',
      'rollback',
      'equivocation',
      'threshold',
      'step',
      'content',
      'freshness',
    ]);
    const index = new ListIndex(lists?.contents ?? new Map());
    expect(index.incomplete).toEqual([]);
    expect(index.entries('artifact', { subject_id: sha256Hex('a') })?.map(({ kind }) => kind)).toEqual([
      'revoke',
    ]);
    expect(index.entries('device', { subject_id: sha256Hex('a') })).toEqual([]);
  });

  it('may be of one scope only: of the others nothing is known, and never that they are good', async () => {
    const document = await combinedAt(entries, TWO);
    const { contents } = await accepted({ ...document, lists: document.lists.slice(0, 1) });
    const index = new ListIndex(contents);
    expect(index.incomplete).toEqual(['artifacts', 'actors', 'rights', 'devices']);
    expect(index.entries('artifact', { subject_id: sha256Hex('nobody') })).toBeUndefined();
  });

  it('without a partition leaves the subjects of that partition unknown', async () => {
    const document = await combinedAt(entries, TWO);
    const lists = document.lists.map(({ header }) => ({ header, partitions: [] }));
    const index = new ListIndex((await accepted({ ...document, lists })).contents);
    expect(index.entries('artifact', { subject_id: sha256Hex('nobody') })).toBeUndefined();
    expect(index.incomplete).toHaveLength(5);
  });

  it('with statements of operators that nobody pinned counts only those pinned', async () => {
    const stranger = es256Signer('stranger');
    const document = await combinedAt(entries, ['Op1MSP']);
    const foreign = await signedStatement(statementAt(entries, 'Op9MSP'), stranger);
    const both = { ...document, statements: [...document.statements, foreign] };
    expect(await codeWith(both)).toBe('LIST_THRESHOLD');
    expect(await codeWith(both, { threshold: 1 })).toBe('OK');
  });

  it('reaches the age of the operator that completes the threshold', async () => {
    const document = await combinedAt(entries, []);
    const statements = await Promise.all(
      ALL.map((issuer, n) =>
        signedStatement(statementAt(entries, issuer, { this_update: LIST_TIME - 10 * n })),
      ),
    );
    const times = [1, 2, 3].map((threshold) => accepted({ ...document, statements }, { threshold }));
    expect((await Promise.all(times)).map(({ thisUpdate }) => LIST_TIME - thisUpdate)).toEqual([0, 10, 20]);
    expect(await codeWith({ ...document, statements }, { threshold: 2, maxAgeS: 14 })).toBe('LIST_STALE');
    expect(await codeWith({ ...document, statements }, { threshold: 2, maxAgeS: 15 })).toBe('OK');
  });

  it('tolerates operators that lag behind, as long as enough agree', async () => {
    const document = await combinedAt(entries, TWO);
    const lagging = await signedStatement(statementAt(entries, 'Op3MSP', {}, 1));
    expect(await codeWith({ ...document, statements: [...document.statements, lagging] })).toBe('OK');
    expect(
      await codeWith({ ...document, statements: [...document.statements, lagging] }, { threshold: 3 }),
    ).toBe('LIST_THRESHOLD');
  });
});

describe('a combined list is refused', () => {
  it('with a signature of one operator where two are asked for, however often it signs', async () => {
    const document = await combinedAt(entries, ['Op1MSP']);
    const again = await signedStatement(statementAt(entries, 'Op1MSP', { this_update: LIST_TIME + 1 }));
    expect(await codeWith(document)).toBe('LIST_THRESHOLD');
    expect(await codeWith({ ...document, statements: [...document.statements, again] })).toBe(
      'LIST_THRESHOLD',
    );
  });

  it.each([0, 4, 1.5])('with a threshold of %s of 3 operators', async (threshold) => {
    expect(await codeWith(combinedAt(entries, ALL), { threshold })).toBe('LIST_THRESHOLD');
  });

  it('with two keys of one operator for two operators', async () => {
    const second = es256Signer('second key of op1');
    const statement = statementAt(entries, 'Op1MSP', { this_update: LIST_TIME + 1 });
    const document = await combinedAt(entries, ['Op1MSP']);
    const statements = [...document.statements, await signedStatement(statement, second)];
    const keys = [...LIST_KEYS, listKey('Op1MSP', second)];
    expect(await codeWith({ ...document, statements }, { keys })).toBe('LIST_THRESHOLD');
  });

  it.each<[string, (envelope: Envelope) => Promise<Envelope> | Envelope, string]>([
    [
      'altered',
      (envelope) => ({ ...envelope, payload: Buffer.from('{"v":1}').toString('base64') }),
      'LIST_SIGNATURE_INVALID',
    ],
    ['of another type', (envelope) => ({ ...envelope, payloadType: 'text/plain' }), 'LIST_MALFORMED'],
    ['signed twice', (envelope) => countersign(envelope, es256Signer('list op3')), 'LIST_MALFORMED'],
    [
      'of an operator signed by another',
      () => signedStatement(statementAt(entries, 'Op1MSP'), LIST_SIGNERS['Op2MSP']),
      'LIST_SIGNATURE_INVALID',
    ],
    [
      'about another network',
      async () => signedStatement({ ...statementAt(entries, 'Op1MSP'), network: 'f'.repeat(64) }),
      'LIST_WRONG_NETWORK',
    ],
  ])('with a statement %s', async (_how, spoil, code) => {
    const document = await combinedAt(entries, TWO);
    const [first, second] = document.statements as [Envelope, Envelope];
    expect(await codeWith({ ...document, statements: [await spoil(first), second] })).toBe(code);
  });

  it('of another channel', async () => {
    expect(await codeWith(combinedAt(entries, TWO, { network: 'f'.repeat(64) }))).toBe('LIST_WRONG_NETWORK');
  });

  it('that an operator did not vouch for', async () => {
    const document = await combinedAt(entries, TWO);
    expect(await codeWith(withHeader(document, { number: 2 }))).toBe('LIST_THRESHOLD');
    // A server that makes up a list accuses no operator, also not of contradicting what was seen.
    const invented = withHeader(document, { chain: 'f'.repeat(64) });
    const { seen } = await accepted(document);
    for (const known of [undefined, seen]) {
      const { code, alarms } = await judge(invented, { seen: known });
      expect([code, alarms]).toEqual(['LIST_THRESHOLD', []]);
    }
    // Nor does one with the help of a single operator.
    const liar = await forged({ chain: 'f'.repeat(64) }, ['Op3MSP']);
    const both = { ...liar, statements: [...liar.statements, ...document.statements] };
    expect(await codeWith(both)).toBe('LIST_THRESHOLD');
    expect(await codeWith(both, { seen })).toBe('LIST_THRESHOLD');
  });

  it('when the operators vouch for content other than what comes with it', async () => {
    const root = [{ count: 2, root: 'f'.repeat(64) }];
    expect(await codeWith(forged({ partitions: root }))).toBe('LIST_ROOT_MISMATCH');
  });

  it('with something critical that is not understood, whoever vouches', async () => {
    expect(await codeWith(forged({ critical: ['quantum'] }))).toBe('LIST_CRITICAL_UNKNOWN');
  });

  it('without any list', async () => {
    expect(await codeWith({ v: 1, statements: [], lists: [] })).toBe('LIST_INCOMPLETE');
  });

  it('from the future', async () => {
    expect(await codeWith(combinedAt(entries, TWO, { this_update: LIST_TIME + 600 }))).toBe('LIST_THRESHOLD');
  });

  it('when nobody has spoken since next_update, unless a grace is agreed', async () => {
    const document = combinedAt(entries, TWO);
    const now = LIST_TIME + 100;
    expect(await codeWith(document, { now })).toBe('LIST_STALE');
    expect(await codeWith(document, { now, graceS: 39 })).toBe('LIST_STALE');
    expect(await codeWith(document, { now, graceS: 40 })).toBe('OK');
    expect(await codeWith(document, { now, maxAgeS: 99 })).toBe('LIST_STALE');
    expect(await codeWith(document, { now, maxAgeS: 100 })).toBe('OK');
  });

  it('when its statements rest on a ledger below a block that the client knows', async () => {
    expect(await codeWith(combinedAt(entries, TWO), { minHeight: 103 })).toBe('OK');
    expect(await codeWith(combinedAt(entries, TWO), { minHeight: 104 })).toBe('LIST_THRESHOLD');
  });

  it.each([
    '',
    '{}',
    'null',
    '{"v":2,"statements":[],"lists":[]}',
    '{"v":1,"statements":[{}],"lists":[]}',
    '{"v":1,"statements":[],"lists":[{}],"more":1}',
    '['.repeat(100_000),
  ])('that does not parse: %.30s', (text) => {
    expect(judgeRegistryLists(text, QUESTION).code).toBe('LIST_MALFORMED');
    expect(codeOf(() => checkRegistryLists(text, QUESTION))).toBe('LIST_MALFORMED');
  });

  it('with a scope twice', async () => {
    const document = await combinedAt(entries, TWO);
    expect(await codeWith({ ...document, lists: [...document.lists.slice(1), document.lists[1]!] })).toBe(
      'LIST_MALFORMED',
    );
  });

  it('with a number beyond what a ledger can reach: 2^53 and 2^63 do not parse', async () => {
    const text = textOf(await combinedAt(entries, TWO));
    for (const number of ['9007199254740993', '9223372036854775808', '1e300', '1000000000001']) {
      const forward = text.replace('"number":3', `"number":${number}`);
      expect(judgeRegistryLists(forward, QUESTION).code).toBe('LIST_MALFORMED');
    }
  });
});

describe('with what a client has seen', () => {
  const seenAt = async (
    count: number,
    more: Partial<RegistryListQuestion> = {},
  ): Promise<SeenRegistryLists> => (await accepted(combinedAt(entries, TWO, {}, count), more)).seen;

  it('an older list is a rollback, also when every operator signs it again', async () => {
    const seen = await seenAt(3);
    expect(
      await codeWith(combinedAt(entries, ALL, { this_update: LIST_TIME + 5, height: 500 }, 2), { seen }),
    ).toBe('LIST_ROLLBACK');
  });

  it('the same list and a newer one are good', async () => {
    expect(await codeWith(combinedAt(entries, TWO), { seen: await seenAt(3) })).toBe('OK');
    expect(await codeWith(combinedAt(entries, TWO), { seen: await seenAt(1) })).toBe('OK');
  });

  it('an old list of one scope does not pass beside a new one of another', async () => {
    const [old, current] = [await combinedAt(entries, TWO, {}, 1), await combinedAt(entries, TWO)];
    const lists = current.lists.map((list) => (list.header.scope === 'artifacts' ? old.lists[1]! : list));
    const mixed = { ...current, statements: [...old.statements, ...current.statements], lists };
    expect(await codeWith(mixed, { seen: await seenAt(3) })).toBe('LIST_ROLLBACK');
    expect(await codeWith(mixed)).not.toBe('OK');
  });

  it('another list of a number seen is an equivocation', async () => {
    const other = new RevocationLedger();
    other.restrict('artifact', 'x');
    other.restrict('key', 'a');
    other.restrict('artifact', 'z');
    const later = { this_update: LIST_TIME + 1 };
    expect(await codeWith(combinedAt(other.entries, TWO, later), { seen: await seenAt(3) })).toBe(
      'LIST_EQUIVOCATION',
    );
  });

  it('one operator that contradicts the others is reported, and stops nobody', async () => {
    const other = new RevocationLedger();
    for (const name of ['x', 'y', 'z']) other.restrict('artifact', name);
    const document = await combinedAt(entries, TWO);
    const lie = await signedStatement(statementAt(other.entries, 'Op3MSP'));
    const { verdict, alarms } = await judge({ ...document, statements: [...document.statements, lie] });
    expect(verdict).toBe('accepted');
    expect(alarms.map(({ code, subject }) => [code, subject])).toEqual([['LIST_EQUIVOCATION', 'Op3MSP']]);
    expect(alarms[0]?.evidence).toHaveLength(2);
  });

  it('two lists of one number that would each be believed alone are both refused', async () => {
    const other = new RevocationLedger();
    for (const name of ['x', 'y', 'z']) other.restrict('artifact', name);
    const document = await combinedAt(entries, ['Op1MSP']);
    const lie = await signedStatement(statementAt(other.entries, 'Op2MSP'));
    const judgement = await judge(
      { ...document, statements: [...document.statements, lie] },
      { threshold: 1 },
    );
    expect(judgement.code).toBe('LIST_EQUIVOCATION');
    expect(judgement.alarms[0]?.evidence).toHaveLength(2);
  });

  it('an operator that signs two statements of one height and time does not count', async () => {
    const document = await combinedAt(entries, TWO);
    const twin = await signedStatement(statementAt(entries, 'Op2MSP', { next_update: LIST_TIME + 61 }));
    const judgement = await judge({ ...document, statements: [...document.statements, twin] });
    expect(judgement.code).toBe('LIST_THRESHOLD');
    expect(judgement.alarms.map(({ code }) => code)).toEqual(['LIST_EQUIVOCATION', 'LIST_EQUIVOCATION']);
    const { seen } = await accepted(combinedAt(entries, TWO));
    const later = await combinedAt(entries, ['Op1MSP']);
    expect(await codeWith({ ...later, statements: [...later.statements, twin] }, { seen })).toBe(
      'LIST_THRESHOLD',
    );
  });

  it('a later statement at a lower height rests on a stale ledger and does not count', async () => {
    const seen = await seenAt(3);
    const later = { this_update: LIST_TIME + 3, height: 50 };
    const judgement = await judge(combinedAt(entries, TWO, later), { seen });
    expect(judgement.code).toBe('LIST_THRESHOLD');
    expect(judgement.alarms.map(({ code }) => code)).toEqual(['LIST_ROLLBACK', 'LIST_ROLLBACK']);
  });

  it('an older statement of an operator, as another gateway may still have it, is no harm', async () => {
    const { seen } = await accepted(combinedAt(entries, TWO, { this_update: LIST_TIME + 4, height: 200 }));
    expect(await codeWith(combinedAt(entries, TWO), { seen })).toBe('OK');
  });

  it('of another network nothing follows', async () => {
    const seen = { ...(await seenAt(3)), network: 'f'.repeat(64) };
    expect(await codeWith(combinedAt(entries, TWO, {}, 2), { seen })).toBe('OK');
  });

  it('survives being stored', async () => {
    const seen = await seenAt(3);
    expect(parseSeenRegistryLists(JSON.parse(JSON.stringify(seen)))).toEqual(seen);
    for (const value of [
      null,
      [],
      { ...seen, v: 2 },
      { ...seen, more: 1 },
      { ...seen, scopes: { keys: {} } },
    ]) {
      expect(codeOf(() => parseSeenRegistryLists(value))).toBe('SCHEMA_VIOLATION');
    }
  });
});

describe('a number far ahead', () => {
  const forward = (number: number, issuers = TWO) =>
    forged({ number }, issuers, { this_update: LIST_TIME - 1 });

  it('is not believed beyond ten million past what was seen', async () => {
    const { seen } = await accepted(combinedAt(entries, TWO));
    expect(await codeWith(forward(10_000_003), { seen })).toBe('OK');
    expect(await codeWith(forward(10_000_004), { seen })).toBe('LIST_FAST_FORWARD');
  });

  it('once believed is forgotten when the keys that vouched for it are replaced, and only then', async () => {
    const { seen } = await accepted(forward(999_999_999_999));
    expect(await codeWith(combinedAt(entries, ALL), { seen })).toBe('LIST_ROLLBACK');
    const renewed = es256Signer('op1, renewed');
    const keys = [listKey('Op1MSP', renewed), listKey('Op2MSP'), listKey('Op3MSP')];
    expect(await codeWith(combinedAt(entries, ['Op2MSP', 'Op3MSP']), { seen, keys })).toBe('OK');
    // Of three that vouched, two remain: their word still stands.
    const { seen: three } = await accepted(forward(999_999_999_999, ALL));
    expect(await codeWith(combinedAt(entries, ['Op2MSP', 'Op3MSP']), { seen: three, keys })).toBe(
      'LIST_ROLLBACK',
    );
  });

  it('of one operator alone moves nobody who asks for two', async () => {
    const document = await combinedAt(entries, TWO);
    const ahead = await forward(999_999_999_999, ['Op3MSP']);
    const { seen } = await accepted({
      ...document,
      statements: [...document.statements, ...ahead.statements],
    });
    expect(seen.scopes.artifacts?.number).toBe(3);
  });
});

describe('deltas and unchanged lists', () => {
  it('build on what is held', async () => {
    const first = await accepted(combinedAt(entries, TWO, {}, 1));
    const document = await combinedAt(entries, TWO);
    const lists = document.lists.map(({ header }) => {
      const base = first.contents.get(header.scope)!.header;
      const events = entries.filter(
        ({ number, subject_type }) => number > base.number && `${subject_type}s` === header.scope,
      );
      return events.length === 0
        ? { header }
        : { header, delta: { base_number: base.number, base_chain: base.chain, events } };
    });
    const second = await accepted({ ...document, lists }, { seen: first.seen, held: first.contents });
    const whole = await accepted(document);
    expect([...second.contents]).toEqual([...whole.contents]);
    expect(await codeWith({ ...document, lists }, { seen: first.seen })).toBe('LIST_DELTA_BASE');
  });

  it('do not make a list that is left out younger than its last word', async () => {
    const first = await accepted(combinedAt(entries, TWO, {}, 1));
    const known = { seen: first.seen, held: first.contents };
    const document = await combinedAt(entries, TWO);
    const without = (scope: ListScope): RegistryListDocument => ({
      ...document,
      lists: document.lists.filter(({ header }) => header.scope !== scope),
    });
    // The list of artifacts has grown, that of rights is still the one held.
    expect(await codeWith(without('artifacts'), known)).toBe('LIST_THRESHOLD');
    const kept = await accepted(without('rights'), known);
    expect([...kept.contents.keys()].sort()).toEqual([...first.contents.keys()].sort());
    expect(kept.contents.get('rights')).toEqual(first.contents.get('rights'));
  });
});
