import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import {
  checkReport,
  isRegistryError,
  keyId,
  MAX_REPORT_BYTES,
  openReport,
  type OpenedReport,
  parseExportLine,
  publicKeyFromJwk,
  RangeFold,
  type RangeSummary,
  ReleasesFold,
  type ReleasesSummary,
  type VerificationKey,
} from '@maker-registry/protocol';
import { optional, parseJwks, required } from '@maker-registry/guard';
import { fileError } from '@maker-registry/sdk';
import { type CliCommand } from '../command';
import { readInput } from '../input-file';

const MAX_JWKS_BYTES = 65_536;

export const reportVerify: CliCommand = {
  name: 'report verify',
  summary: 'Check an operator’s signed report offline, and recompute it from an export.',
  help: `registry report verify FILE --jwks FILE --network HASH [--previous FILE] [--export FILE] [--releases FILE]

Needs no network. --jwks is the operator's key set (GET /v1/jwks.json), whose fingerprint you have compared. --previous is
the report before: it shows that none was left out. --export is what registry audit export wrote for the report's blocks, by
this operator's gateway or any other; --releases what it wrote with --releases.

Prints {"verdict":"valid|invalid","code","checks",…}. The exit code is 0 for both; 1 if a file can't be read.

Example: registry report verify report-1.json --jwks op1-jwks.json --network 3f9a… --export ledger.jsonl`,
  options: { jwks: 'text', network: 'text', previous: 'text', export: 'text', releases: 'text' },
  takesWords: true,
  run: async ({ given, rest }) => {
    const [file] = rest;
    const text = await readInput(file ?? required(given, 'FILE'), MAX_REPORT_BYTES);
    const keys = reportKeys(await readInput(required(given, 'jwks'), MAX_JWKS_BYTES));
    const network = required(given, 'network');
    const before = optional(given, 'previous');
    const previous = before === undefined ? undefined : await readInput(before, MAX_REPORT_BYTES);
    try {
      const opened = openReport(text);
      const checks = checkReport(opened, {
        network,
        keys,
        previous: previous === undefined ? undefined : believed(openReport(previous), network, keys),
        range: await rangeOf(optional(given, 'export')),
        releases: await releasesOf(optional(given, 'releases'), opened),
      });
      return { verdict: 'valid', code: 'VALID', checks, digest: opened.digest, report: opened.report };
    } catch (error) {
      if (!isRegistryError(error)) throw error;
      const { code, message, subject } = error;
      return { verdict: 'invalid', code, reason: message, ...(subject === undefined ? {} : { subject }) };
    }
  },
};

/** The report before must itself be the operator's, or it shows nothing. */
function believed(report: OpenedReport, network: string, keys: readonly VerificationKey[]): OpenedReport {
  checkReport(report, { network, keys });
  return report;
}

function reportKeys(jwks: Uint8Array): VerificationKey[] {
  return parseJwks(jwks)
    .filter(({ use }) => use === 'report')
    .map((jwk) => {
      const key = publicKeyFromJwk(jwk);
      return { ...key, keyid: keyId(key.alg, key.publicKey) };
    });
}

/** Line by line: an export may be larger than memory. */
async function* linesOf(file: string): AsyncGenerator<ReturnType<typeof parseExportLine>> {
  const input = createReadStream(file);
  await once(input, 'open').catch((error: unknown) => {
    throw fileError(error, file, 'FILE_UNREADABLE');
  });
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line !== '') yield parseExportLine(line);
  }
}

async function rangeOf(file: string | undefined): Promise<RangeSummary | undefined> {
  if (file === undefined) return undefined;
  const fold = new RangeFold();
  for await (const item of linesOf(file)) if (item.type !== 'release') fold.add(item);
  return fold.result;
}

async function releasesOf(
  file: string | undefined,
  { report }: OpenedReport,
): Promise<ReleasesSummary | undefined> {
  if (file === undefined) return undefined;
  const fold = new ReleasesFold(report.releases.after_seq);
  for await (const item of linesOf(file)) if (item.type === 'release') fold.add(item);
  return fold.result;
}
