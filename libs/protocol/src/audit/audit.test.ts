import fc from 'fast-check';
import { canonicalize } from '../encoding/canonical-json';
import { type Signer } from '../intents/sign';
import { signPayload } from '../intents/sign';
import { keyId } from '../identifiers';
import { AUDIT_REPORT_PAYLOAD_TYPE, REVOCATION_LIST_PAYLOAD_TYPE } from '../intents/pae';
import { serializeEnvelope } from '../intents/envelope';
import { codeOf } from '../test-support/expect-code';
import { es256Signer } from '../test-support/software-signer';
import { RangeFold, type RangeSummary, ReleasesFold } from './export-fold';
import {
  type AuditBlock,
  type AuditItem,
  type AuditRelease,
  type AuditTransaction,
  type AuditWrite,
} from './export-item';
import { exportLine, parseExportLine } from './export-line';
import { type AuditReport, checkReport, encodeReport, NO_REPORT_BEFORE, openReport } from './report';

function expectCode(code: string, act: () => unknown): void {
  expect(codeOf(act)).toBe(code);
}

const hash = (n: number): string => n.toString(16).padStart(64, '0');
const block = (n: number, transactions: number, valid = transactions): AuditBlock => ({
  type: 'block',
  block: n,
  header_hash: hash(n + 1),
  previous_hash: n === 0 ? '' : hash(n),
  data_hash: hash(1000 + n),
  commit_hash: n === 0 ? null : hash(2000 + n),
  transactions,
  valid,
});
const transaction = (n: number, index: number, change: Partial<AuditTransaction> = {}): AuditTransaction => ({
  type: 'transaction',
  block: n,
  tx_index: index,
  tx_id: hash(n * 100 + index),
  kind: 'ENDORSER_TRANSACTION',
  validation_code: 'VALID',
  creator_msp: 'Op1MSP',
  creator_role: 'gateway',
  chaincode: 'registry',
  function: 'artifacts:Register',
  intent_id: null,
  intent_type: null,
  actor: null,
  endorsers: ['Op1MSP'],
  ledger_time: 7,
  ...change,
});
const write = (
  of: AuditTransaction,
  index: number,
  kind: string,
  id: string[],
  document: unknown,
): AuditWrite => ({
  type: 'write',
  block: of.block,
  tx_index: of.tx_index,
  index,
  tx_id: of.tx_id,
  namespace: 'registry',
  collection: '',
  kind,
  id,
  act: 'put',
  value_digest: hash(5),
  document,
});

/** Two blocks in which everything that is counted happens once or more. */
function ledger(): AuditItem[] {
  const review = transaction(1, 0, { function: 'artifacts:Review' });
  const refused = transaction(1, 1, { validation_code: 'MVCC_READ_CONFLICT' });
  const governance = transaction(2, 0, { function: 'revocations:Issue' });
  const money = transaction(2, 1, { function: 'settlements:Settle' });
  return [
    block(1, 2, 1),
    review,
    write(review, 0, 'artifact', ['a'], {
      approved: true,
      reviews: [
        { decision: 'approve', tx_id: 'an earlier one' },
        { decision: 'approve', tx_id: review.tx_id },
        { decision: 'reject', tx_id: review.tx_id },
      ],
    }),
    refused,
    block(2, 2),
    governance,
    write(governance, 0, 'revocation', ['1'], {
      tx_id: governance.tx_id,
      kind: 'revoke',
      reason_code: 'safety',
      subject_type: 'artifact',
      final: true,
    }),
    write(governance, 1, 'revocation', ['0'], { tx_id: 'an earlier one', kind: 'hold', lifted: {} }),
    write(governance, 2, 'parameters', [], {}),
    money,
    write(money, 0, 'settlement', ['s'], { currency: 'EUR', fee: { amount: '250' } }),
    write(money, 1, 'sale', ['r', '2'], { price: { currency: 'USD' }, fee: { amount: '9' } }),
    write(money, 2, 'collected', ['safety-fund', 'EUR', 's'], { amount: '200' }),
    write(money, 3, 'collected', ['somebody', 'EUR', 's'], { amount: '99' }),
    write(money, 4, 'withdrawal', ['w'], {
      beneficiary: 'safety-fund',
      currency: 'EUR',
      amount: '150',
      requested: { tx_id: money.tx_id },
      reports: [{ status: 'returned', reported: { tx_id: money.tx_id } }],
    }),
  ];
}

const release = (seq: number, outcome: AuditRelease['outcome'] = 'released'): AuditRelease => ({
  type: 'release',
  seq,
  at: 9,
  operator: 'Op1MSP',
  outcome,
  code: outcome === 'refused' ? 'TOKEN_EXPIRED' : null,
  stage: 'release',
  artifact_id: hash(1),
  key_version: 1,
  right_id: hash(2),
  holder: hash(3),
  intent_id: hash(4),
  policy: { height: 7 },
});

function rangeOf(items: readonly AuditItem[]): RangeSummary {
  const fold = new RangeFold();
  for (const item of items) fold.add(item);
  return fold.result;
}

function releasesOf(items: readonly AuditRelease[], after = 0) {
  const fold = new ReleasesFold(after);
  for (const item of items) fold.add(item);
  return fold.result;
}

describe('statistics over the export', () => {
  it('count each thing once, in the transaction that made it', () => {
    expect(rangeOf(ledger()).statistics).toEqual({
      blocks: 2,
      transactions: { total: 4, valid: 3, refused: 1, refused_by_code: { MVCC_READ_CONFLICT: 1 } },
      acts: { 'artifacts:Review': 1, 'revocations:Issue': 1, 'settlements:Settle': 1 },
      approvals: { reviews_approved: 1, reviews_rejected: 1, artifacts_approved: 1, parameters_in_force: 1 },
      revocations: {
        entries: 1,
        by_kind: { revoke: 1 },
        by_reason: { safety: 1 },
        by_subject: { artifact: 1 },
        final: 1,
      },
      fees: {
        EUR: {
          settlements: 1,
          sales: 0,
          charged: '250',
          collected: '200',
          withdrawn: '150',
          returned: '150',
        },
        USD: { settlements: 0, sales: 1, charged: '9', collected: '0', withdrawn: '0', returned: '0' },
      },
    });
  });

  it('sum amounts beyond doubles exactly', () => {
    const of = transaction(0, 0);
    const amount = '9007199254740993';
    const items = [1, 2, 3].map((n) =>
      write(of, n - 1, 'settlement', [String(n)], { currency: 'EUR', fee: { amount } }),
    );
    expect(rangeOf([block(0, 1), of, ...items]).statistics.fees['EUR']).toMatchObject({
      charged: '27021597764222979',
    });
  });

  it('take no harm from documents that are not what the rules write', () => {
    const of = transaction(0, 0);
    const odd: unknown[] = [
      null,
      7,
      [],
      'text',
      { fee: 3, reviews: 'none', amount: '-1', currency: 5 },
      { amount: '1e9' },
    ];
    const kinds = [
      'artifact',
      'settlement',
      'sale',
      'collected',
      'withdrawal',
      'revocation',
      'constructor',
      '__proto__',
    ];
    const items = kinds.flatMap((kind) => odd.map((document) => ({ kind, document })));
    const all = items.map(({ kind, document }, index) => write(of, index, kind, [], document));
    expect(() => rangeOf([block(0, 1), of, ...all])).not.toThrow();
  });
});

describe('the lines of an export', () => {
  it('are what was written, read again', () => {
    for (const item of [...ledger(), release(1)]) {
      expect(parseExportLine(exportLine(item).trimEnd())).toEqual(item);
    }
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '7'],
    ['no known type', '{"type":"toString"}'],
    ['a missing member', '{"block":1,"type":"block"}'],
    ['an unknown member', exportLine({ ...block(1, 0), name: 'x' } as AuditBlock).trimEnd()],
    ['another order of members', JSON.stringify(block(1, 0))],
    ['white space', ` ${exportLine(block(1, 0)).trimEnd()}`],
    ['a member twice', '{"type":"block","type":"block"}'],
  ])('are refused with %s', (_what, line) => {
    expectCode('EXPORT_MALFORMED', () => parseExportLine(line));
  });

  it('never crash the reader', () => {
    fc.assert(
      fc.property(fc.string({ size: 'max', maxLength: 300 }), (line) => {
        try {
          parseExportLine(line);
        } catch (error) {
          expect(error).toHaveProperty('code', 'EXPORT_MALFORMED');
        }
      }),
    );
  });
});

describe('an export that lacks something', () => {
  it('is noticed whichever line of a block or transaction is left out', () => {
    const whole = ledger();
    for (let left = 0; left < whole.length; left += 1) {
      const item = whole[left]!;
      const isLastWrite = item.type === 'write' && whole[left + 1]?.type !== 'write';
      const rest = whole.filter((_item, index) => index !== left);
      // The last write of a transaction leaves no gap; the digest of a report shows it.
      if (isLastWrite) expect(rangeOf(rest).items.digest).not.toBe(rangeOf(whole).items.digest);
      else expectCode('EXPORT_INCOMPLETE', () => rangeOf(rest));
    }
  });

  it('is noticed when lines change places or come twice', () => {
    const whole = ledger();
    for (let at = 1; at < whole.length; at += 1) {
      const swapped = [...whole];
      [swapped[at - 1], swapped[at]] = [whole[at]!, whole[at - 1]!];
      expectCode('EXPORT_INCOMPLETE', () => rangeOf(swapped));
      expectCode('EXPORT_INCOMPLETE', () => rangeOf([...whole.slice(0, at), ...whole.slice(at - 1)]));
    }
  });

  it('is noticed when a verdict is changed', () => {
    const changed = ledger().map((item) =>
      item.type === 'transaction' ? { ...item, validation_code: 'VALID' } : item,
    );
    expectCode('EXPORT_INCOMPLETE', () => rangeOf(changed));
  });

  it('is noticed when it is empty, or releases are out of order', () => {
    expectCode('EXPORT_INCOMPLETE', () => rangeOf([]));
    expectCode('EXPORT_INCOMPLETE', () => releasesOf([release(2), release(2)]));
    expectCode('EXPORT_INCOMPLETE', () => releasesOf([release(2)], 2));
  });
});

describe('a report', () => {
  const signer: Signer = es256Signer('report');
  const key = { keyid: keyId(signer.alg, signer.publicKey), alg: signer.alg, publicKey: signer.publicKey };
  const network = hash(77);
  const covered = [block(0, 0), ...ledger()];
  const releases = releasesOf([release(1), release(3, 'refused')]);

  function report(change: Partial<AuditReport> = {}): AuditReport {
    return {
      v: 1,
      network,
      issuer: 'Op1MSP',
      number: 1,
      previous: NO_REPORT_BEFORE,
      issued_at: 1_700_000_000,
      ...rangeOf(covered),
      releases,
      ...change,
    };
  }

  async function signed(document: AuditReport, type = AUDIT_REPORT_PAYLOAD_TYPE): Promise<string> {
    return serializeEnvelope(await signPayload(type, encodeReport(document), signer));
  }

  async function code(
    document: AuditReport,
    question: Partial<Parameters<typeof checkReport>[1]> = {},
  ): Promise<string> {
    const opened = openReport(await signed(document));
    try {
      checkReport(opened, { network, keys: [key], ...question });
      return 'accepted';
    } catch (error) {
      return (error as { code: string }).code;
    }
  }

  it('is accepted with its export and its releases, and says what was checked', async () => {
    const opened = openReport(await signed(report()));
    expect(opened.report).toEqual(report());
    const question = { network, keys: [key], range: rangeOf(covered), releases };
    expect(checkReport(opened, question)).toEqual(['signature', 'network', 'export', 'releases']);
    expect(checkReport(opened, { network, keys: [key] })).toEqual(['signature', 'network']);
  });

  it('is refused for another network or a key that is not the operator’s', async () => {
    expect(await code(report(), { network: hash(1) })).toBe('REPORT_WRONG_NETWORK');
    expect(await code(report(), { keys: [] })).toBe('REPORT_SIGNATURE_INVALID');
    const stranger = es256Signer('stranger');
    const other = { ...key, publicKey: stranger.publicKey };
    expect(await code(report(), { keys: [other] })).toBe('REPORT_SIGNATURE_INVALID');
  });

  it('is refused when it says other than the export or the releases come to', async () => {
    const range = rangeOf(covered);
    const { statistics } = range;
    const lies: Partial<AuditReport>[] = [
      { items: { ...range.items, count: 1 } },
      { items: { ...range.items, digest: hash(1) } },
      { statistics: { ...statistics, revocations: { ...statistics.revocations, entries: 0 } } },
      { statistics: { ...statistics, fees: {} } },
      { anchors: { ...range.anchors, to: { ...range.anchors.to, commit_hash: hash(1) } } },
    ];
    for (const lie of lies) expect(await code(report(lie), { range })).toBe('REPORT_DIFFERS');
    expect(await code(report({ releases: { ...releases, refused: 0 } }), { releases })).toBe(
      'REPORT_DIFFERS',
    );
  });

  it('is refused when it leaves out the beginning, or claims or denies to be the first', async () => {
    const [range, { anchors }] = [rangeOf(ledger()), report()];
    const breaks: Partial<AuditReport>[] = [
      range,
      { releases: releasesOf([release(4)], 3) },
      { previous: hash(1) },
      { number: 2 },
    ];
    expect(anchors.from.block).toBe(0);
    for (const change of breaks) expect(await code(report(change))).toBe('REPORT_OUT_OF_ORDER');
  });

  it('is refused when it does not continue the one before it', async () => {
    const before = openReport(await signed(report()));
    const next = report({
      number: 2,
      previous: before.digest,
      anchors: {
        from: { block: 3, previous_hash: hash(3), header_hash: hash(4) },
        to: { block: 3, header_hash: hash(4), commit_hash: hash(2003) },
      },
      releases: releasesOf([release(4)], 3),
    });
    expect(await code(next, { previous: before })).toBe('accepted');
    const { from, to } = next.anchors;
    const breaks: Partial<AuditReport>[] = [
      { number: 3 },
      { previous: NO_REPORT_BEFORE },
      { issuer: 'Op2MSP' },
      { anchors: { from: { ...from, block: 4 }, to } },
      { anchors: { from: { ...from, previous_hash: hash(9) }, to } },
      { releases: { ...next.releases, after_seq: 2 } },
    ];
    for (const change of breaks)
      expect(await code({ ...next, ...change }, { previous: before })).toBe('REPORT_OUT_OF_ORDER');
  });

  it('does not parse with any byte of its payload changed, or fails its signature', async () => {
    const text = await signed(report());
    const envelope = JSON.parse(text) as { payload: string };
    const payload = Buffer.from(envelope.payload, 'base64');
    for (let at = 0; at < payload.length; at += 7) {
      const changed = Buffer.from(payload);
      changed[at]! ^= 1;
      const tampered = JSON.stringify({ ...envelope, payload: changed.toString('base64') });
      let refused = '';
      try {
        checkReport(openReport(tampered), { network, keys: [key] });
      } catch (error) {
        refused = (error as { code: string }).code;
      }
      expect(['REPORT_MALFORMED', 'REPORT_SIGNATURE_INVALID']).toContain(refused);
    }
  });

  it.each([
    ['another kind of payload', REVOCATION_LIST_PAYLOAD_TYPE],
    ['a payload of no kind', 'text/plain'],
  ])('does not parse as %s', async (_what, type) => {
    const text = await signed(report(), type);
    expectCode('REPORT_MALFORMED', () => openReport(text));
  });

  it('is not made with what its schema does not have', () => {
    expectCode('SCHEMA_VIOLATION', () => encodeReport(report({ number: 0 })));
    expectCode('SCHEMA_VIOLATION', () => encodeReport({ ...report(), name: 'x' } as AuditReport));
    expectCode('REPORT_MALFORMED', () => openReport(canonicalize({ payload: '' })));
  });
});
