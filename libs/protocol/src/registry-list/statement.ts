import { decodeUtf8, utf8 } from '../encoding/bytes';
import { canonicalize } from '../encoding/canonical-json';
import { sha256Hex } from '../encoding/hash';
import { parseStrictJson } from '../encoding/strict-json';
import { RegistryError } from '../errors/registry-error';
import { type Envelope, payloadBytes, verifyEnvelope } from '../intents/envelope';
import { LIST_STATEMENT_PAYLOAD_TYPE } from '../intents/pae';
import { MAX_LIST_NUMBER, MAX_STATEMENT_BYTES } from '../limits';
import { type ListKey } from '../revocation-list/list-key';
import { closedObject, HEX32, type JsonSchema, MSP_ID, UNIX_TIME } from '../schemas/primitives';
import { assertSchema } from '../schemas/validate';
import { LIST_SCOPES, type ListScope } from './scopes';

/** Which list an operator vouches for. */
export interface ListReference {
  readonly number: number;
  /** `listDigest` of its header. */
  readonly digest: string;
}

/**
 * What one operator states about the lists of all scopes at one height. The lists have no time: statements give it to them.
 * All scopes stand in one statement, so that nobody can show an old list of one beside a new list of another.
 */
export interface ListStatement {
  readonly v: 1;
  readonly network: string;
  /** MSP id of the operator. */
  readonly issuer: string;
  /** Number and hash of the ledger's newest revocation entry of any scope. */
  readonly number: number;
  readonly hash: string;
  /** The block at which the operator's ledger stood, and the hash of its header. */
  readonly height: number;
  readonly block_hash: string;
  /** Unix seconds. */
  readonly this_update: number;
  /** Unix seconds by which the operator will have made a newer statement. */
  readonly next_update: number;
  readonly lists: Readonly<Record<ListScope, ListReference>>;
}

const COUNTER: JsonSchema = { type: 'integer', minimum: 0, maximum: MAX_LIST_NUMBER };
const REFERENCE = closedObject({ number: COUNTER, digest: HEX32 });

export const LIST_STATEMENT: JsonSchema = closedObject({
  v: { type: 'integer', const: 1 },
  network: HEX32,
  issuer: MSP_ID,
  number: COUNTER,
  hash: HEX32,
  height: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
  block_hash: HEX32,
  this_update: UNIX_TIME,
  next_update: UNIX_TIME,
  lists: closedObject(Object.fromEntries(LIST_SCOPES.map((scope) => [scope, REFERENCE]))),
});

/** The payload bytes of a statement, to be signed with `signPayload(LIST_STATEMENT_PAYLOAD_TYPE, …)`. Throws SCHEMA_VIOLATION. */
export function encodeListStatement(statement: ListStatement): Uint8Array {
  assertSchema(LIST_STATEMENT, statement);
  return utf8(canonicalize(statement));
}

/** A statement whose signature has been verified. */
export interface OpenedStatement {
  readonly statement: ListStatement;
  readonly keyid: string;
  /** SHA-256 of the payload, hex. */
  readonly digest: string;
  readonly envelope: Envelope;
}

/**
 * Opens an operator's statement; undefined when its key is not among those pinned: others may add statements of operators
 * that this client does not know, and those count for nothing.
 *
 * @throws RegistryError LIST_MALFORMED, LIST_SIGNATURE_INVALID
 */
export function openListStatement(envelope: Envelope, keys: readonly ListKey[]): OpenedStatement | undefined {
  if (envelope.payloadType !== LIST_STATEMENT_PAYLOAD_TYPE)
    throw malformed('a statement is of another payloadType');
  const [signature, ...more] = envelope.signatures;
  if (signature === undefined || more.length > 0) throw malformed('a statement has one signature');
  const key = keys.find(({ keyid }) => keyid === signature.keyid);
  if (key === undefined) return undefined;
  assertSigned(envelope, key);
  const payload = payloadBytes(envelope);
  const statement = parseStatement(payload);
  if (statement.issuer !== key.issuer) {
    throw new RegistryError(
      'LIST_SIGNATURE_INVALID',
      'A statement names another operator than its key’s owner.',
      {
        subject: statement.issuer,
      },
    );
  }
  return { statement, keyid: key.keyid, digest: sha256Hex(payload), envelope };
}

function assertSigned(envelope: Envelope, key: ListKey): void {
  try {
    verifyEnvelope(envelope, [key]);
  } catch (cause) {
    throw new RegistryError(
      'LIST_SIGNATURE_INVALID',
      `The statement of ${key.issuer} is not signed by its key.`,
      {
        cause,
        subject: key.issuer,
      },
    );
  }
}

function parseStatement(payload: Uint8Array): ListStatement {
  try {
    const text = decodeUtf8(payload);
    const value = parseStrictJson(text, { maxBytes: MAX_STATEMENT_BYTES });
    if (canonicalize(value) !== text) throw malformed('a statement is not canonical');
    assertSchema(LIST_STATEMENT, value);
    return value as unknown as ListStatement;
  } catch (cause) {
    throw malformed(cause instanceof Error ? cause.message : 'a statement does not parse', cause);
  }
}

function malformed(what: string, cause?: unknown): RegistryError {
  return new RegistryError('LIST_MALFORMED', `The lists do not parse: ${what}.`, { cause });
}
