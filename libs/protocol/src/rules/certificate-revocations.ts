import { type ActArguments, type CertificateRevocationEntry } from '../domain/act-arguments';
import { type CertificateKey, type CertificateRevocation } from '../domain/certificate-revocation';
import { ledgerKeys, type LedgerWrite, type RuleOutcome } from '../domain/ledger';
import { omitUndefined } from '../encoding/omit';
import { RegistryError } from '../errors/registry-error';
import { requireRole } from './acts';
import { type ActContext, ledgerTime, requireParameters } from './context';

export interface CertificatesState {
  /** What the caller's organisation has said of each entry's certificate, in the order of the entries. */
  readonly certificates: readonly (CertificateRevocation | undefined)[];
}

/**
 * certificate.revoke: an organisation revokes certificates of its own CAs, or puts them on hold. A hold may become final;
 * what is final stays as it is, with its first date and reason: naming it again changes nothing, so that lists may
 * overlap.
 *
 * @throws RegistryError ROLE_MISSING, PARAMETERS_MISSING, NOT_OPERATOR, SCHEMA_VIOLATION or REVOCATION_FINAL, whose subject
 *   names the entry; a batch fails as a whole
 */
export function revokeCertificates(
  { certificates }: CertificatesState,
  argument: ActArguments['certificate.revoke'],
  context: ActContext,
): RuleOutcome {
  requireMember('certificate.revoke', context);
  assertDistinct(argument.entries);
  const changed = argument.entries.flatMap((entry, index) => {
    assertTimely(entry, index, context);
    const after = restrict(certificates[index], entry, index, argument.ticket, context);
    return after === undefined ? [] : [after];
  });
  return outcome(changed, context);
}

/**
 * certificate.release: an organisation lifts its holds. What is final is final.
 *
 * @throws RegistryError ROLE_MISSING, PARAMETERS_MISSING, NOT_OPERATOR, SCHEMA_VIOLATION, CERTIFICATE_NOT_HELD or REVOCATION_FINAL,
 *   whose subject names the entry; a batch fails as a whole
 */
export function releaseCertificates(
  { certificates }: CertificatesState,
  argument: ActArguments['certificate.release'],
  context: ActContext,
): RuleOutcome {
  requireMember('certificate.release', context);
  assertDistinct(argument.entries);
  const changed = argument.entries.map((entry, index): CertificateRevocation => {
    const held = requireHeld(certificates[index], entry, index);
    return {
      ...held,
      state: 'released',
      ...omitUndefined({ ticket: argument.ticket }),
      version: held.version + 1,
      updated: ledgerTime(context),
    };
  });
  return outcome(changed, context);
}

/** Every member of the network has CAs, the regulators too: each speaks for its own. */
function requireMember(act: 'certificate.revoke' | 'certificate.release', context: ActContext): void {
  requireRole(act, context.caller);
  const { operators, regulators } = requireParameters(context);
  const { mspId } = context.caller;
  if (!operators.includes(mspId) && !regulators.includes(mspId)) {
    throw new RegistryError('NOT_OPERATOR', `${mspId} is not a member in the current parameters.`, {
      subject: mspId,
    });
  }
}

/** Two entries of one certificate in one act could contradict each other. */
function assertDistinct(entries: readonly CertificateKey[]): void {
  const seen = new Set<string>();
  for (const [index, { aki, serial }] of entries.entries()) {
    const name = `${aki}/${serial}`;
    if (seen.has(name)) {
      throw new RegistryError('SCHEMA_VIOLATION', `The certificate ${serial} is named twice.`, {
        subject: `/entries/${index}`,
      });
    }
    seen.add(name);
  }
}

/** A key that will be compromised is not compromised: a date ahead is a mistake in unit or zone. */
function assertTimely(entry: CertificateRevocationEntry, index: number, { at }: ActContext): void {
  if (entry.invalidity_date === undefined || entry.invalidity_date <= at) return;
  throw new RegistryError('SCHEMA_VIOLATION', 'The invalidity date lies in the future.', {
    subject: `/entries/${index}/invalidity_date`,
  });
}

/** The certificate's document after the entry; undefined where the entry changes nothing. */
function restrict(
  before: CertificateRevocation | undefined,
  entry: CertificateRevocationEntry,
  index: number,
  ticket: string | undefined,
  context: ActContext,
): CertificateRevocation | undefined {
  if (before?.state === 'revoked') {
    if (entry.reason !== 'certificateHold') return undefined;
    throw new RegistryError(
      'REVOCATION_FINAL',
      `${entry.serial} is revoked for good; a hold would weaken it.`,
      {
        subject: `/entries/${index}`,
      },
    );
  }
  const said: Said = { ...omitUndefined(entry), ...omitUndefined({ ticket }) };
  const now = ledgerTime(context);
  return {
    msp_id: context.caller.mspId,
    aki: entry.aki,
    serial: entry.serial,
    state: entry.reason === 'certificateHold' ? 'held' : 'revoked',
    ...keptOf(before),
    ...said,
    revoked: before?.state === 'held' ? before.revoked : now,
    version: (before?.version ?? 0) + 1,
    updated: now,
  };
}

type Said = Pick<CertificateRevocation, 'reason' | 'invalidity_date' | 'expires_at' | 'ticket'>;

/** What stays of an earlier document where the entry says nothing about it; a released one was good in between. */
function keptOf(before: CertificateRevocation | undefined): Said {
  if (before === undefined) return {};
  const { expires_at: expiresAt, invalidity_date: invalidityDate, ticket } = before;
  return before.state === 'held'
    ? omitUndefined({ expires_at: expiresAt, invalidity_date: invalidityDate, ticket })
    : omitUndefined({ expires_at: expiresAt });
}

function requireHeld(
  before: CertificateRevocation | undefined,
  { serial }: CertificateKey,
  index: number,
): CertificateRevocation {
  const subject = `/entries/${index}`;
  if (before?.state === 'held') return before;
  if (before?.state === 'revoked') {
    throw new RegistryError('REVOCATION_FINAL', `${serial} is revoked for good; only a hold is lifted.`, {
      subject,
    });
  }
  throw new RegistryError('CERTIFICATE_NOT_HELD', `${serial} is not on hold.`, { subject });
}

function outcome(changed: readonly CertificateRevocation[], { caller, txId }: ActContext): RuleOutcome {
  const writes = changed.map((value): LedgerWrite => ({
    kind: 'certificate-revocation',
    id: ledgerKeys['certificate-revocation'](caller.mspId, value),
    value,
  }));
  return { writes, result: { id: txId, type: 'certificate-revocation', count: changed.length } };
}
