import { canonicalize } from './encoding/canonical-json';
import { concatBytes, fromHex, lp16, lp8, u32, utf8 } from './encoding/bytes';
import { sha256Hex } from './encoding/hash';
import { type SignatureAlgorithm } from './signatures/algorithms';

/** Length of every id on the ledger in bytes (SHA-256). */
export const ID_BYTES = 32;

/** Self-certifying id of an actor from its *first* key; a rotation keeps it. Hex. */
export function actorId(alg: SignatureAlgorithm, publicKey: string): string {
  return sha256Hex(concatBytes(lp8('registry:actor'), lp16(alg), lp16(fromHex(publicKey))));
}

/** Id of an artifact version: unique for a maker, a name and a version. Hex. */
export function artifactId(makerId: string, name: string, version: string): string {
  return sha256Hex(
    concatBytes(lp8('registry:artifact'), fromHex(makerId, ID_BYTES), lp16(name), lp16(version)),
  );
}

/** Id of a license: equal terms of one licensor are one license. Hex. */
export function licenseId(licensorId: string, terms: unknown): string {
  return sha256Hex(
    concatBytes(lp8('registry:license'), fromHex(licensorId, ID_BYTES), utf8(canonicalize(terms))),
  );
}

/** Id of a right from the intent that issued it. Hex. */
export function rightId(intentIdHex: string): string {
  return sha256Hex(concatBytes(lp8('registry:right'), fromHex(intentIdHex, ID_BYTES)));
}

/** Id of a proposal of parameters. Hex. */
export function proposalId(parameters: unknown): string {
  return sha256Hex(concatBytes(lp8('registry:proposal'), utf8(canonicalize(parameters))));
}

/** Id of a device from the public area (TPMT_PUBLIC bytes) of its endorsement key. Hex. */
export function deviceId(endorsementKeyPublicArea: Uint8Array): string {
  return sha256Hex(concatBytes(lp8('registry:device'), endorsementKeyPublicArea));
}

/** What the ledger knows of a content key: binds it to the artifact, reveals nothing of its 256 random bits. Hex. */
export function contentKeyCommitment(artifactIdHex: string, contentKey: Uint8Array): string {
  return sha256Hex(concatBytes(lp8('registry:content-key'), fromHex(artifactIdHex, ID_BYTES), contentKey));
}

/**
 * What the ledger knows of one operator's share of a content key: bound to artifact and operator, so that a share can't be
 * passed off as another's. A share has the 256 random bits of a key; nothing of it shows. Hex.
 */
export function keyShareCommitment(artifactIdHex: string, operator: string, share: Uint8Array): string {
  return sha256Hex(
    concatBytes(lp8('registry:key-share'), fromHex(artifactIdHex, ID_BYTES), lp16(operator), share),
  );
}

/** Name of a public key inside envelopes. Hex. */
export function keyId(alg: SignatureAlgorithm, publicKey: string): string {
  return sha256Hex(concatBytes(lp16(alg), lp16(fromHex(publicKey))));
}

/** Id of a settlement from who pays and its own reference, so that a repeated request finds the first one. Hex. */
export function settlementId(payerId: string, settlementRef: string): string {
  return sha256Hex(concatBytes(lp8('registry:settlement'), fromHex(payerId, ID_BYTES), lp16(settlementRef)));
}

/** Id of a withdrawal from the intent that ordered it. Hex. */
export function withdrawalId(intentIdHex: string): string {
  return sha256Hex(concatBytes(lp8('registry:withdrawal'), fromHex(intentIdHex, ID_BYTES)));
}

/** Id of a stream from who pays and its own reference. Hex. */
export function streamId(payerId: string, streamRef: string): string {
  return sha256Hex(concatBytes(lp8('registry:stream'), fromHex(payerId, ID_BYTES), lp16(streamRef)));
}

/** Id of a share issue, which is also a beneficiary. Hex. */
export function sharesId(issuerId: string, name: string): string {
  return sha256Hex(concatBytes(lp8('registry:shares'), fromHex(issuerId, ID_BYTES), lp16(name)));
}

/** Source of the credits that a release from suspense makes. Hex. */
export function suspenseSource(settlementIdHex: string, layer: number, reason: string): string {
  return sha256Hex(
    concatBytes(lp8('registry:suspense'), fromHex(settlementIdHex, ID_BYTES), u32(layer), lp8(reason)),
  );
}
