import { concatBytes, utf8 } from '../encoding/bytes';

export const INTENT_PAYLOAD_TYPE = 'application/vnd.maker-registry.intent+json';
export const REVOCATION_LIST_PAYLOAD_TYPE = 'application/vnd.maker-registry.revocation-list+json';
export const LIST_STATEMENT_PAYLOAD_TYPE = 'application/vnd.maker-registry.list-statement+json';
export const AUDIT_REPORT_PAYLOAD_TYPE = 'application/vnd.maker-registry.audit-report+json';

/** DSSE pre-authentication encoding: what is signed. The type is inside, so one kind of payload never passes for another. */
export function encodePae(payloadType: string, payload: Uint8Array): Uint8Array {
  const typeBytes = utf8(payloadType);
  const head = `DSSEv1 ${typeBytes.length} ${payloadType} ${payload.length} `;
  return concatBytes(utf8(head), payload);
}
