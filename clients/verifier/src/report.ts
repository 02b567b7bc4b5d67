import {
  type Actor,
  buildVerificationStatement,
  type Envelope,
  IN_TOTO_PAYLOAD_TYPE,
  isRegistryError,
  MAX_ATTESTATION_SKEW_S,
  parseEnvelope,
  readVerificationStatement,
  RegistryError,
  type Signer,
  signPayload,
  utf8,
  type VerificationPredicate,
  type VerificationKey,
  verifyEnvelope,
} from '@maker-registry/protocol';
import { MAX_REPORT_BYTES } from './limits';
import { type Verification } from './verification';
import { VerifierError } from './verifier-error';

/** Who vouches: an actor, and something that signs with its current key. */
export interface ReportSigner {
  readonly actorId: string;
  readonly signer: Signer;
}

/**
 * Signs a finding as an in-toto statement in a DSSE envelope, which settlements take as proof of verification. The signer
 * vouches with its name for what it found at `verified_at`; the reader still can verify for itself.
 *
 * @throws VerifierError NOTHING_TO_REPORT for a finding without a record
 */
export async function signReport(
  verification: Verification,
  { actorId, signer }: ReportSigner,
  note?: string,
): Promise<Envelope> {
  const { status, anchors, refs, evidence, source, verified_at } = verification;
  const key = anchors.record_key;
  if (key === undefined || refs.scheme_ref === null) {
    throw new VerifierError('NOTHING_TO_REPORT', `A finding ${status} without a record cannot be signed.`);
  }
  const statement = buildVerificationStatement({
    network: source.network,
    model_ref: key.model_ref,
    scheme_ref: refs.scheme_ref,
    content_hash: key.content_hash,
    status,
    commitment_verified: evidence.commitment_verified,
    signature_verified: evidence.signature_verified,
    detection_verified: evidence.detection_verified,
    binding_verified: evidence.binding_verified,
    verifier: actorId,
    verified_at,
    ...(note === undefined ? {} : { note }),
  });
  return await signPayload(IN_TOTO_PAYLOAD_TYPE, utf8(statement), signer);
}

/**
 * The finding of a report, after its signature was checked. A verifier's retired key still speaks for the time before it
 * was retired; a compromised one for nothing.
 *
 * @param actor the verifier as the ledger knows it
 * @throws RegistryError VERIFICATION_INVALID, KEY_NOT_CURRENT, SIGNATURE_MISSING, SIGNATURE_INVALID, ENVELOPE_MALFORMED,
 *   SCHEMA_VIOLATION or a JSON code
 */
export function verifyReport(report: string | Uint8Array | Envelope, actor: Actor): VerificationPredicate {
  const envelope = isEnvelope(report) ? report : parseEnvelope(report, { maxBytes: MAX_REPORT_BYTES });
  const predicate = readStatement(envelope);
  if (predicate.verifier !== actor.actor_id) {
    throw new RegistryError('VERIFICATION_INVALID', 'The report is by another verifier.', {
      subject: predicate.verifier,
    });
  }
  verifyEnvelope(envelope, [keyAt(actor, envelope, predicate.verified_at)]);
  return predicate;
}

function isEnvelope(report: string | Uint8Array | Envelope): report is Envelope {
  return typeof report === 'object' && 'payloadType' in report;
}

function readStatement(envelope: Envelope): VerificationPredicate {
  try {
    return readVerificationStatement(envelope);
  } catch (error) {
    if (!isRegistryError(error) || error.code !== 'SCHEMA_VIOLATION') throw error;
    throw new RegistryError('VERIFICATION_INVALID', `The statement is refused: ${error.message}`, {
      cause: error,
    });
  }
}

/** The key that the report names, if it was the verifier's at that time, with room for the verifier's clock. */
function keyAt(actor: Actor, { signatures }: Envelope, at: number): VerificationKey {
  const named = signatures[0]?.keyid;
  const key = actor.keys.find(({ keyid }) => keyid === named);
  const isUsable =
    key !== undefined &&
    key.status !== 'compromised' &&
    at >= key.since.at - MAX_ATTESTATION_SKEW_S &&
    (key.until === undefined || at <= key.until.at + MAX_ATTESTATION_SKEW_S);
  if (!isUsable) {
    throw new RegistryError(
      'KEY_NOT_CURRENT',
      'The report is not signed with a key of the verifier for its time.',
      {
        subject: actor.actor_id,
      },
    );
  }
  return { keyid: key.keyid, alg: key.alg, publicKey: key.public_key };
}
