import { decodeUtf8, utf8 } from '../encoding/bytes';
import { canonicalize } from '../encoding/canonical-json';
import { sha256Hex } from '../encoding/hash';
import { parseStrictJson } from '../encoding/strict-json';
import { type Intent, type IntentType } from '../domain/intent-bodies';
import { RegistryError } from '../errors/registry-error';
import { MAX_INTENT_BYTES, NONCE_HEX_LENGTH } from '../limits';
import { closedObject, HEX32, type JsonSchema, UNIX_TIME } from '../schemas/primitives';
import { assertSchema } from '../schemas/validate';
import { type Envelope, parseEnvelope, payloadBytes } from './envelope';
import { encodePae, INTENT_PAYLOAD_TYPE } from './pae';
import { bodySchema, isIntentType, maxIntentBytes } from './registry';

/** An intent whose form has been checked, but neither its signature nor its standing. */
export interface OpenedIntent<Type extends IntentType = IntentType> {
  readonly envelope: Envelope;
  readonly intent: Intent<Type>;
  /** SHA-256 of the PAE, hex. */
  readonly intentId: string;
  /** The bytes that were signed. */
  readonly pae: Uint8Array;
}

/** Fields of an intent; `v` is added. */
export type IntentFields<Type extends IntentType> = Omit<Intent<Type>, 'v'>;

/** Schema of an intent's payload without its body. */
export const INTENT_FRAME: JsonSchema = closedObject({
  v: { type: 'integer', const: 1 },
  network: HEX32,
  type: { type: 'string', maxLength: 64 },
  actor: HEX32,
  nonce: { type: 'string', pattern: `^[0-9a-f]{${NONCE_HEX_LENGTH}}$` },
  expires_at: UNIX_TIME,
  body: { type: 'object' },
});

/** The canonical payload bytes of an intent. Throws SCHEMA_VIOLATION or TOO_LARGE before anything is signed. */
export function buildIntent<Type extends IntentType>(fields: IntentFields<Type>): Uint8Array {
  const intent = {
    v: 1,
    network: fields.network,
    type: fields.type,
    actor: fields.actor,
    nonce: fields.nonce,
    expires_at: fields.expires_at,
    body: fields.body,
  };
  assertSchema(INTENT_FRAME, intent);
  assertSchema(bodySchema(fields.type), fields.body, '/body');
  const payload = utf8(canonicalize(intent));
  assertPayloadSize(payload, maxIntentBytes(fields.type));
  return payload;
}

function assertPayloadSize(payload: Uint8Array, maxBytes: number): void {
  if (payload.length > maxBytes) {
    throw new RegistryError(
      'TOO_LARGE',
      `The intent has ${payload.length} bytes; at most ${maxBytes} are accepted.`,
    );
  }
}

/**
 * Parses an envelope and the intent inside: strict JSON, canonical payload, schema of frame and body. Needs no state,
 * so it tells which state to load; `admitIntent` judges the rest.
 *
 * @throws RegistryError ENVELOPE_MALFORMED, INTENT_NOT_CANONICAL, INTENT_TYPE_MISMATCH, SCHEMA_VIOLATION, TOO_LARGE or a JSON code
 */
export function openIntent(input: string | Uint8Array | Envelope): OpenedIntent {
  const isText = typeof input === 'string' || input instanceof Uint8Array;
  const envelope = isText ? parseEnvelope(input) : input;
  if (envelope.payloadType !== INTENT_PAYLOAD_TYPE) {
    throw new RegistryError('ENVELOPE_MALFORMED', `payloadType is not ${INTENT_PAYLOAD_TYPE}.`);
  }
  const payload = payloadBytes(envelope);
  const intent = parseIntentPayload(payload);
  const pae = encodePae(envelope.payloadType, payload);
  return { envelope, intent, intentId: sha256Hex(pae), pae };
}

/** Parses an intent's payload bytes; see openIntent. */
export function parseIntentPayload(payload: Uint8Array): Intent {
  assertPayloadSize(payload, MAX_INTENT_BYTES);
  const text = decodeUtf8(payload);
  const value = parseStrictJson(text, { maxBytes: MAX_INTENT_BYTES });
  if (canonicalize(value) !== text) {
    throw new RegistryError('INTENT_NOT_CANONICAL', 'The payload is not in the canonical form of RFC 8785.');
  }
  assertSchema(INTENT_FRAME, value);
  const intent = value as unknown as Intent;
  if (!isIntentType(intent.type)) {
    throw new RegistryError('INTENT_TYPE_MISMATCH', 'No such type of intent exists.', { subject: '/type' });
  }
  assertPayloadSize(payload, maxIntentBytes(intent.type));
  assertSchema(bodySchema(intent.type), intent.body, '/body');
  return intent;
}

/** Narrows an opened intent to one type, or throws INTENT_TYPE_MISMATCH: an intent for one function must not run another. */
export function expectIntentType<Type extends IntentType>(
  opened: OpenedIntent,
  type: Type,
): OpenedIntent<Type> {
  if (opened.intent.type !== type) {
    throw new RegistryError(
      'INTENT_TYPE_MISMATCH',
      `Expected an intent of type ${type}, not ${opened.intent.type}.`,
      { subject: '/type' },
    );
  }
  return opened as OpenedIntent<Type>;
}
