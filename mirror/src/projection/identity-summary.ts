import {
  certificateAttributes,
  type Identity,
  parseCertificate,
  parseIdentity,
  ProofError,
} from '@maker-registry/fabric-proofs';
import { MAX_NAME_CHARACTERS, MAX_REMEMBERED_IDENTITIES } from '../limits';
import { safeText } from './safe-text';

/** What a creator's certificate says. Trust in its CA is the peers' judgement: a VALID transaction has been through it. */
export interface IdentitySummary {
  readonly mspId: string;
  /** Common name of the subject. */
  readonly subject: string | null;
  /** Attribute registry.role. */
  readonly role: string | null;
}

const ROLE_ATTRIBUTE = 'registry.role';
const COMMON_NAME = /^CN=(.*)$/m;

function name(text: string | undefined): string | null {
  return text === undefined ? null : safeText(text, MAX_NAME_CHARACTERS);
}

function summarize(identity: Identity): IdentitySummary {
  const mspId = safeText(identity.mspId, MAX_NAME_CHARACTERS);
  try {
    const certificate = parseCertificate(identity.certificate);
    const subject = COMMON_NAME.exec(certificate.subject)?.[1];
    return { mspId, subject: name(subject), role: name(certificateAttributes(certificate)[ROLE_ATTRIBUTE]) };
  } catch (error) {
    if (error instanceof ProofError) return { mspId, subject: null, role: null };
    throw error;
  }
}

/** Reads identities, each once: parsing a certificate costs more than all else in a transaction. */
export class IdentityReader {
  readonly #known = new Map<string, IdentitySummary>();

  /** @throws ProofError WIRE_* when the bytes are no serialized identity */
  read(bytes: Uint8Array): IdentitySummary {
    const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const summary = summarize(parseIdentity(bytes));
    if (this.#known.size >= MAX_REMEMBERED_IDENTITIES) this.#known.clear();
    this.#known.set(key, summary);
    return summary;
  }
}
