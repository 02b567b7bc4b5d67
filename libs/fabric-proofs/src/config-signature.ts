import { type X509Certificate } from 'node:crypto';
import { parseCertificate } from './certificate-attributes';
import { ProofError } from './errors';
import { certificateKey, type Identity, parseIdentity, verifySignature } from './identities';
import { MAX_CONFIG_SIGNATURES } from './limits';
import { type MspConfig } from './msp-config';
import { parseSignatureHeader } from './proposal';
import { bytesField, messageField, uvarintField } from './wire-writer';

/** common.ConfigSignature. */
export interface ConfigSignature {
  /** SignatureHeader { 1 creator, 2 nonce } as signed. */
  readonly signatureHeader: Uint8Array;
  /** ECDSA P-256 over SHA-256 of `configSignatureMessage`, DER, low s. */
  readonly signature: Uint8Array;
}

/** Organizational unit of Fabric's NodeOUs that makes a certificate an administrator's. */
const ADMIN_UNIT = /^OU=admin$/m;

/** A signature header for whoever signs: msp.SerializedIdentity and a nonce (24 random bytes from the caller). */
export function encodeSignatureHeader({ mspId, certificate }: Identity, nonce: Uint8Array): Buffer {
  const creator = [...bytesField(1, Buffer.from(mspId)), ...bytesField(2, Buffer.from(certificate))];
  return Buffer.concat([...bytesField(1, Buffer.concat(creator)), ...bytesField(2, nonce)]);
}

/** What an administrator signs: signature header || ConfigUpdate. */
export function configSignatureMessage(signatureHeader: Uint8Array, update: Uint8Array): Buffer {
  return Buffer.concat([signatureHeader, update]);
}

/** common.ConfigUpdateEnvelope { 1 config_update, 2 signatures }. */
export function encodeConfigUpdateEnvelope(
  update: Uint8Array,
  signatures: readonly ConfigSignature[],
): Buffer {
  return Buffer.concat([
    ...bytesField(1, update),
    ...signatures.flatMap(({ signatureHeader, signature }) =>
      messageField(2, Buffer.concat([...bytesField(1, signatureHeader), ...bytesField(2, signature)])),
    ),
  ]);
}

/**
 * Checks that administrators of the organization signed the update, before orderers are asked: each signature verifies,
 * and its certificate was issued by a CA of the organization in the present configuration, to an administrator.
 *
 * @returns the administrators' certificates
 * @throws ProofError SIGNATURE_INVALID, SIGNER_NOT_ADMINISTRATOR
 */
export function checkAdministratorSignatures(
  update: Uint8Array,
  signatures: readonly ConfigSignature[],
  msp: MspConfig,
): X509Certificate[] {
  if (signatures.length === 0 || signatures.length > MAX_CONFIG_SIGNATURES) {
    throw new ProofError('SIGNATURE_INVALID', `the update carries ${signatures.length} signatures`);
  }
  const authorities = [...msp.roots, ...msp.intermediates].map((pem) => parseCertificate(pem));
  return signatures.map((signature) => administratorOf(update, signature, msp.mspId, authorities));
}

function administratorOf(
  update: Uint8Array,
  { signatureHeader, signature }: ConfigSignature,
  mspId: string,
  authorities: readonly X509Certificate[],
): X509Certificate {
  const header = parseSignatureHeader(signatureHeader, 'signing');
  const identity = parseIdentity(header.creatorBytes, 'signing');
  const certificate = parseCertificate(identity.certificate);
  const issued = authorities.some((ca) => certificate.checkIssued(ca) && certificate.verify(ca.publicKey));
  if (identity.mspId !== mspId || !issued || !ADMIN_UNIT.test(certificate.subject)) {
    throw new ProofError(
      'SIGNER_NOT_ADMINISTRATOR',
      `the signer is not an administrator of ${mspId}: Fabric wants a certificate of its CA with the unit "admin"`,
      { msp: mspId },
    );
  }
  const message = configSignatureMessage(signatureHeader, update);
  if (verifySignature(certificateKey(identity.certificate), message, signature)) return certificate;
  throw new ProofError('SIGNATURE_INVALID', 'the signature does not verify over the update');
}

/** What becomes an envelope of type CONFIG_UPDATE once its creator has signed it. */
export interface UpdateTransaction {
  readonly channelId: string;
  /** Unix seconds. */
  readonly timestamp: number;
  /** Of whoever hands the update in, who need not be an administrator. */
  readonly signatureHeader: Uint8Array;
  /** common.ConfigUpdateEnvelope. */
  readonly updateEnvelope: Uint8Array;
}

/** HeaderType CONFIG_UPDATE. */
const CONFIG_UPDATE_TYPE = 2;

/** common.Payload { 1 Header { 1 channel_header, 2 signature_header }, 2 data }: the bytes that its creator signs. */
export function encodeUpdatePayload(transaction: UpdateTransaction): Buffer {
  const channelHeader = [
    ...uvarintField(1, CONFIG_UPDATE_TYPE),
    ...messageField(3, Buffer.concat(uvarintField(1, transaction.timestamp))),
    ...bytesField(4, Buffer.from(transaction.channelId)),
  ];
  const header = [
    ...bytesField(1, Buffer.concat(channelHeader)),
    ...bytesField(2, transaction.signatureHeader),
  ];
  return Buffer.concat([
    ...messageField(1, Buffer.concat(header)),
    ...bytesField(2, transaction.updateEnvelope),
  ]);
}
