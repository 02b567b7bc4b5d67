import { verify } from 'node:crypto';
import {
  buildTbsCrl,
  compareCrls,
  type Crl,
  type CrlFinding,
  lintCrl,
  parseCrl,
  PkiFormatError,
  type RevocationTable,
} from '@maker-registry/pki';
import { type CertificateAuthority } from './authority';
import { BASE_LIFETIME_S, DELTA_LIFETIME_S, MAX_BACKDATE_S } from './limits';

/** What one CRL is going to say. */
export interface CrlDraft {
  readonly authority: CertificateAuthority;
  readonly number: bigint;
  /** Unix seconds. */
  readonly thisUpdate: number;
  readonly entries: RevocationTable;
  /** URI of a shard; undefined for the list of all certificates. */
  readonly distributionPoint: string | undefined;
  /** URI of the deltas of a full CRL. */
  readonly freshestCrl: string | undefined;
  /** Number of the full CRL that a delta builds on. */
  readonly deltaBase: bigint | undefined;
}

/** A CRL that must not be signed, or not be published. What is published stays. */
export class CrlRefusedError extends Error {
  readonly findings: readonly CrlFinding<string>[];

  constructor(stage: 'before signing' | 'after signing', findings: readonly CrlFinding<string>[]) {
    const reasons = findings.map(
      ({ code, detail, serial }) => `${code}: ${detail}${serial === undefined ? '' : ` (${serial})`}`,
    );
    super(`the CRL was refused ${stage}: ${reasons.slice(0, SHOWN_FINDINGS).join('; ')}`);
    this.name = 'CrlRefusedError';
    this.findings = findings;
  }
}

/** Findings that an error's text shows. */
const SHOWN_FINDINGS = 5;

export function lifetimeOf({ deltaBase }: Pick<CrlDraft, 'deltaBase'>): number {
  return deltaBase === undefined ? BASE_LIFETIME_S : DELTA_LIFETIME_S;
}

/**
 * The bytes to sign, found sound: a CRL that relying parties refuse locks everyone out, and a signature can't be taken back.
 *
 * @param now Unix seconds
 * @throws CrlRefusedError, PkiFormatError
 */
export function buildSound(draft: CrlDraft, now: number): Uint8Array {
  const { authority, distributionPoint, deltaBase, freshestCrl } = draft;
  const identity = {
    issuer: authority.subject,
    authorityKeyIdentifier: Buffer.from(authority.keyId, 'hex'),
    ...(distributionPoint === undefined ? {} : { distributionPoint }),
  };
  const tbs = buildTbsCrl({
    ...identity,
    thisUpdate: draft.thisUpdate,
    nextUpdate: draft.thisUpdate + lifetimeOf(draft),
    number: draft.number,
    revoked: draft.entries,
    ...(deltaBase === undefined ? {} : { deltaBase }),
    ...(freshestCrl === undefined ? {} : { freshestCrl }),
  });
  const findings = lintCrl(tbs, {
    ...identity,
    at: now,
    maxValidity: lifetimeOf(draft),
    maxBackdate: MAX_BACKDATE_S,
  });
  if (findings.length > 0) throw new CrlRefusedError('before signing', findings);
  return tbs;
}

/** What the ledger says that a comparison with the list before has to know. */
export interface CrlFacts {
  /** notAfter by serial, Unix seconds. */
  readonly notAfter: (serial: string) => number | undefined;
  readonly isLifted: (serial: string) => boolean;
}

/**
 * Asserts that the signed CRL may be published after `previous`, the CRL of the same kind and scope before it: it parses,
 * its signature verifies with the CA's certificate, its number is greater, and nothing left it but lifted holds and expired
 * certificates. This is what stands between a mirror that lost rows and clients that would take a revoked certificate for
 * a good one.
 *
 * @throws CrlRefusedError
 */
export function assertPublishable(
  der: Uint8Array,
  { publicKey }: CertificateAuthority,
  previous: Uint8Array | undefined,
  facts: CrlFacts,
): void {
  const crl = parsed(der);
  if (crl.innerAlgorithm !== crl.outerAlgorithm || !verify('sha256', crl.tbs, publicKey, crl.signature)) {
    const detail =
      "the signature does not verify with the CA's certificate: the token holds another key under its id";
    throw new CrlRefusedError('after signing', [{ code: 'signature', detail }]);
  }
  const findings = previous === undefined ? [] : compareCrls(parseCrl(previous), crl, facts);
  if (findings.length > 0) throw new CrlRefusedError('after signing', findings);
}

function parsed(der: Uint8Array): Crl {
  try {
    return parseCrl(der);
  } catch (error) {
    if (!(error instanceof PkiFormatError)) throw error;
    throw new CrlRefusedError('after signing', [{ code: 'malformed', detail: error.message }]);
  }
}
