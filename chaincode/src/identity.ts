import { createHash } from 'node:crypto';
import type { Caller } from '@maker-registry/protocol';
import type { Context } from 'fabric-contract-api';

/** The certificate attribute that carries an identity's one role, put there by the organization's Fabric CA. */
export const ROLE_ATTRIBUTE = 'registry.role';

const PEM_FRAME = /-----(BEGIN|END) CERTIFICATE-----|\s/g;

/**
 * Who submits a transaction, as its endorser's peer has verified it. Whoever relays an intent may be anybody; role acts
 * rest on this identity alone.
 */
export function callerOf(client: Context['clientIdentity']): Caller {
  return {
    mspId: client.getMSPID(),
    role: client.getAttributeValue(ROLE_ATTRIBUTE) ?? undefined,
    certificateDigest: certificateDigest(client.getIDBytes()),
  };
}

/** SHA-256 of the DER bytes inside a PEM certificate, hex: line breaks of the PEM must not make two people of one. */
function certificateDigest(pem: Uint8Array): string {
  const body = Buffer.from(pem).toString('latin1').replace(PEM_FRAME, '');
  return createHash('sha256').update(Buffer.from(body, 'base64')).digest('hex');
}
