import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AUDIT_REPORT_PAYLOAD_TYPE,
  type AuditItem,
  type AuditReport,
  encodeReport,
  exportLine,
  jwkFromPublicKey,
  NO_REPORT_BEFORE,
  RangeFold,
  ReleasesFold,
  serializeEnvelope,
  signPayload,
} from '@maker-registry/protocol';
import { generateActorKey } from '@maker-registry/sdk';
import { runRegistry } from './testing/run-registry';

const folder = mkdtempSync(join(tmpdir(), 'report-verify-'));
const NETWORK = 'ab'.repeat(32);
const { signer } = generateActorKey('es256');

function block(number: number): AuditItem {
  const hash = (n: number): string => n.toString(16).padStart(64, '0');
  const previous = number === 0 ? '' : hash(number);
  const common = { type: 'block', block: number, previous_hash: previous, data_hash: hash(9) } as const;
  return { ...common, header_hash: hash(number + 1), commit_hash: null, transactions: 0, valid: 0 };
}

const items = [block(0), block(1)];

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function report(change: Partial<AuditReport> = {}): Promise<string> {
  const fold = new RangeFold();
  for (const item of items) fold.add(item);
  const document: AuditReport = {
    v: 1,
    network: NETWORK,
    issuer: 'Op1MSP',
    number: 1,
    previous: NO_REPORT_BEFORE,
    issued_at: 1,
    ...fold.result,
    releases: new ReleasesFold(0).result,
    ...change,
  };
  return serializeEnvelope(await signPayload(AUDIT_REPORT_PAYLOAD_TYPE, encodeReport(document), signer));
}

const jwk = { ...jwkFromPublicKey('es256', signer.publicKey), kid: 'k', use: 'report' };
const keys = ['--jwks', file('jwks.json', JSON.stringify({ keys: [jwk] })), '--network', NETWORK];
const lines = items.map(exportLine).join('');

async function verdict(...words: readonly string[]): Promise<unknown> {
  const { code, stdout } = await runRegistry('report', 'verify', ...words);
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

describe('registry report verify', () => {
  it('recomputes a report from an export, offline', async () => {
    const given = [file('good.json', await report()), ...keys];
    expect(await verdict(...given)).toMatchObject({ verdict: 'valid', checks: ['signature', 'network'] });
    const whole = file('ledger.jsonl', lines);
    expect(await verdict(...given, '--export', whole, '--releases', file('none.jsonl', ''))).toMatchObject({
      verdict: 'valid',
      checks: ['signature', 'network', 'export', 'releases'],
    });
  });

  it('says what is wrong, and exits with 0, for the question was answered', async () => {
    const given = [file('again.json', await report()), ...keys];
    const lacking = file('lacking.jsonl', items.slice(1).map(exportLine).join(''));
    expect(await verdict(...given, '--export', lacking)).toMatchObject({
      verdict: 'invalid',
      code: 'REPORT_DIFFERS',
    });
    const broken = file('broken.jsonl', 'no line\n');
    expect(await verdict(...given, '--export', broken)).toMatchObject({ code: 'EXPORT_MALFORMED' });
    expect(await verdict(...given, '--previous', file('same.json', await report()))).toMatchObject({
      code: 'REPORT_OUT_OF_ORDER',
    });
    expect(
      await verdict(file('other.json', await report({ network: 'cd'.repeat(32) })), ...keys),
    ).toMatchObject({
      code: 'REPORT_WRONG_NETWORK',
    });
    const stranger = file('token.json', JSON.stringify({ keys: [{ ...jwk, use: 'token' }] }));
    expect(await verdict(given[0]!, '--jwks', stranger, '--network', NETWORK)).toMatchObject({
      code: 'REPORT_SIGNATURE_INVALID',
    });
  });

  it('fails where a file is not there', async () => {
    const missing = join(folder, 'missing');
    const good = file('third.json', await report());
    for (const words of [
      [missing, ...keys],
      [good, ...keys, '--export', missing],
      [good, ...keys, '--previous', missing],
    ]) {
      const { code, stderr } = await runRegistry('report', 'verify', ...words);
      expect(code).toBe(1);
      expect(stderr).toContain('FILE_UNREADABLE');
    }
  });
});
