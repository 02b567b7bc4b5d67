import { type CertificateFields } from './certificate';
import { isSameScope } from './compare-crls';
import {
  type CrlRefusal,
  extensionRefusal,
  issuerRefusal,
  numberRefusal,
  type SeenCrl,
  signatureRefusal,
  timeRefusal,
} from './crl-rules';
import { type Crl } from './parse-crl';

/** A list as given, with the SHA-256 (hex) of its bytes. */
export interface GivenCrl {
  readonly crl: Crl;
  readonly digest: string;
}

/** Everything an answer may rest on. */
export interface Evidence {
  readonly issuers: readonly CertificateFields[];
  readonly anchors: ReadonlySet<CertificateFields>;
  readonly crls: readonly GivenCrl[];
  readonly at: number;
  readonly seen: SeenCrl;
  /** Name of the issuer whose lists `seen` is about. */
  readonly leafIssuer: Buffer;
}

/** A list that its issuer signed and that is current, with the certificate of the key that signed it. */
export interface AcceptedCrl extends GivenCrl {
  readonly signer: CertificateFields;
  /** Present in every accepted list. */
  readonly number: bigint;
}

export type Examination = { readonly accepted: AcceptedCrl } | { readonly refusal: CrlRefusal };

/** Checks one list against every certificate that bears its issuer's name. */
export function examine(given: GivenCrl, evidence: Evidence): Examination {
  const { crl, digest } = given;
  const found = signerOf(crl, evidence);
  if ('refusal' in found) return found;
  const seen = crl.issuer.equals(evidence.leafIssuer) && crl.baseNumber === undefined ? evidence.seen : {};
  const refusal = extensionRefusal(crl) ?? numberRefusal(crl, digest, seen) ?? timeRefusal(crl, evidence.at);
  if (refusal !== undefined) return { refusal };
  return { accepted: { ...given, signer: found.signer, number: crl.number ?? 0n } };
}

function signerOf(
  crl: Crl,
  { issuers }: Evidence,
): { readonly signer: CertificateFields } | { readonly refusal: CrlRefusal } {
  let refusal: CrlRefusal = {
    code: 'CRL_ISSUER_MISMATCH',
    detail: "the certificate of the CRL's issuer was not given",
  };
  for (const signer of issuers.filter(({ subject }) => subject.equals(crl.issuer))) {
    const wrong = issuerRefusal(crl, signer) ?? signatureRefusal(crl, signer);
    if (wrong === undefined) return { signer };
    refusal = wrong;
  }
  return { refusal };
}

/** Two lists of one issuer, key, scope and number that differ: one of them was made to deceive somebody. */
export function areForked(a: AcceptedCrl, b: AcceptedCrl): boolean {
  return (
    a.number === b.number && a.digest !== b.digest && isSameList(a.crl, b.crl) && isDelta(a) === isDelta(b)
  );
}

export function isDelta({ crl }: GivenCrl): boolean {
  return crl.baseNumber !== undefined;
}

/** Whether two lists are states of one: same issuer, key and scope (RFC 5280 §6.3.3 c). */
export function isSameList(a: Crl, b: Crl): boolean {
  const sameKey = a.authorityKeyIdentifier?.toString('hex') === b.authorityKeyIdentifier?.toString('hex');
  return sameKey && a.issuer.equals(b.issuer) && isSameScope(a.scope, b.scope);
}
