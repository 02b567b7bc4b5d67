import { verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attestationKey, type QuoteInput, verifyQuote } from '@maker-registry/tpm';
import { QUOTE_CHECKS, QUOTE_RUNS } from './limits';
import type { Report } from './measurements';
import { table } from './results';
import { median } from './statistics';

/** What a software TPM gave (libs/tpm/src/testing/capture.sh). */
const CAPTURED = join(__dirname, '../../libs/tpm/src/testing/swtpm.json');
const PCRS = [0, 1, 2, 3, 4, 7];
const DIGEST_CHARACTERS = 64;
/** Algorithm, hash and size before r; size before s (TPMT_SIGNATURE of ECDSA). */
const R = { start: 6, end: 38 };
const S_START = 40;

/**
 * Judging a quote of an enrolled device as a key release does, against verifying its signature alone with node:crypto. Keys
 * are known to both: a device keeps its key.
 */
export function quoteVerification(report: Report): Promise<string[]> {
  const { input, bare } = facts();
  const whole = (): boolean => verifyQuote(input).verdict === 'affirming';
  if (!whole() || !bare()) throw new Error('The quote does not verify');
  const rates: { whole: number; bare: number }[] = [];
  for (let run = 0; run <= QUOTE_RUNS; run += 1) {
    const pair = { bare: rate(bare), whole: rate(whole) };
    report(`${pair.whole.toFixed(0)} quotes and ${pair.bare.toFixed(0)} signatures a CPU second`);
    // The first pair warms the code up and does not count.
    if (run > 0) rates.push(pair);
  }
  const ratios = rates.map((pair) => pair.whole / pair.bare);
  const range = `${median(ratios).toFixed(2)}× (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`;
  return Promise.resolve(
    table(
      ['what', 'a CPU second (median)', 'against the bare check, paired runs'],
      [
        [
          'ECDSA P-256 signature over a quote, node:crypto',
          median(rates.map((pair) => pair.bare)).toFixed(0),
          '1.00×',
        ],
        [
          'the quote with all checks but an event log',
          median(rates.map((pair) => pair.whole)).toFixed(0),
          range,
        ],
      ],
    ),
  );
}

function facts(): { input: QuoteInput; bare: () => boolean } {
  const captured = JSON.parse(readFileSync(CAPTURED, 'utf8')) as Readonly<Record<string, string>>;
  const bytes = (name: string): Buffer => Buffer.from(captured[name] ?? '', 'hex');
  const values = captured['pcr_values'] ?? '';
  const input: QuoteInput = {
    akPublic: bytes('ak_ecdsa'),
    akName: bytes('name_ecdsa'),
    ekPublic: bytes('ek_rsa'),
    attest: bytes('quote_ecdsa'),
    signature: bytes('quote_signature_ecdsa'),
    pcrs: {
      sha256: Object.fromEntries(
        PCRS.map((pcr, i) => [String(pcr), values.slice(i * DIGEST_CHARACTERS, (i + 1) * DIGEST_CHARACTERS)]),
      ),
    },
    qualifyingData: bytes('nonce'),
    policy: { requiredPcrs: { sha256: PCRS } },
    previous: { clock: 1n, resetCount: 1, restartCount: 0 },
  };
  const { signature } = input;
  const raw = Buffer.concat([signature.subarray(R.start, R.end), signature.subarray(S_START)]);
  const key = { key: attestationKey(input.akPublic).signing.keyObject, dsaEncoding: 'ieee-p1363' } as const;
  return { input, bare: () => verify('sha256', input.attest, key, raw) };
}

function rate(check: () => boolean): number {
  const before = process.cpuUsage();
  for (let n = 0; n < QUOTE_CHECKS; n += 1) check();
  const { user, system } = process.cpuUsage(before);
  return (QUOTE_CHECKS * 1_000_000) / (user + system);
}
