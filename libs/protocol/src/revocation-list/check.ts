import { decodeUtf8 } from '../encoding/bytes';
import { canonicalize } from '../encoding/canonical-json';
import { sha256Hex } from '../encoding/hash';
import { parseStrictJson } from '../encoding/strict-json';
import { isRegistryError, RegistryError } from '../errors/registry-error';
import { type Envelope, parseEnvelope, payloadBytes, verifyEnvelope } from '../intents/envelope';
import { REVOCATION_LIST_PAYLOAD_TYPE } from '../intents/pae';
import { MAX_CLOCK_SKEW_S, MAX_REVOCATION_LIST_BYTES, MAX_REVOCATION_LIST_VALUES } from '../limits';
import { assertSchema } from '../schemas/validate';
import { type ListKey } from './list-key';
import { REVOCATION_LIST, type RevocationList } from './payload';

/** Base64 makes four characters of three bytes; the rest of the envelope is short. */
const MAX_LIST_ENVELOPE_BYTES = Math.ceil((MAX_REVOCATION_LIST_BYTES * 4) / 3) + 4_096;

/** The newest list of one operator that a client has accepted. */
export interface SeenIssuer {
  readonly height: number;
  readonly this_update: number;
  /** SHA-256 of the payload, hex. */
  readonly digest: string;
}

/** What a client keeps of the lists it has accepted. */
export interface SeenLists {
  /** The highest number seen from anyone. */
  readonly number: number;
  /** The ledger's chain at that number. */
  readonly previous_hash: string;
  /** By MSP id. */
  readonly issuers: Readonly<Record<string, SeenIssuer>>;
}

export interface ListCheck {
  readonly keys: readonly ListKey[];
  /** Genesis hash of the client's network. */
  readonly network: string;
  /** From the last accepted check; undefined the first time only. Keep it where a reboot does not lose it. */
  readonly seen?: SeenLists | undefined;
  /** Unix seconds. */
  readonly now: number;
  /** Seconds; not checked when absent. */
  readonly maxAgeS?: number;
}

export interface CheckedList {
  readonly list: RevocationList;
  /** To keep for the next check. */
  readonly seen: SeenLists;
}

/**
 * Accepts a signed revocation list, or says why not. A list that an operator holds back, forks or replays is caught by
 * its number, its link to the ledger's chain and its time.
 *
 * @throws RegistryError LIST_MALFORMED, LIST_SIGNATURE_INVALID, LIST_WRONG_NETWORK, LIST_ROLLBACK, LIST_EQUIVOCATION or LIST_STALE
 */
export function checkRevocationList(input: string | Uint8Array | Envelope, check: ListCheck): CheckedList {
  const { list, digest } = openRevocationList(input, check.keys);
  if (list.network !== check.network) {
    throw new RegistryError('LIST_WRONG_NETWORK', 'The list is for another network.', {
      subject: list.network,
    });
  }
  if (check.seen !== undefined) assertSuccession(list, digest, check.seen);
  assertFresh(list, check.now, check.maxAgeS);
  const { number, previous_hash, issuer, height, this_update } = list;
  const issuers = { ...check.seen?.issuers, [issuer]: { height, this_update, digest } };
  return { list, seen: { number, previous_hash, issuers } };
}

function openRevocationList(
  input: string | Uint8Array | Envelope,
  keys: readonly ListKey[],
): { readonly list: RevocationList; readonly digest: string } {
  const limits = { maxBytes: MAX_LIST_ENVELOPE_BYTES };
  const isText = typeof input === 'string' || input instanceof Uint8Array;
  const envelope = asMalformed(() => (isText ? parseEnvelope(input, limits) : input));
  if (envelope.payloadType !== REVOCATION_LIST_PAYLOAD_TYPE) throw malformed('it is of another payloadType');
  const key = keys.find(({ keyid }) => keyid === envelope.signatures[0]?.keyid);
  assertSigned(envelope, key);
  const payload = payloadBytes(envelope);
  const list = asMalformed(() => parsePayload(payload));
  if (list.issuer !== key?.issuer) {
    throw new RegistryError('LIST_SIGNATURE_INVALID', 'The list names another issuer than its key’s owner.', {
      subject: list.issuer,
    });
  }
  return { list, digest: sha256Hex(payload) };
}

function assertSigned(envelope: Envelope, key: ListKey | undefined): void {
  try {
    verifyEnvelope(envelope, key === undefined ? [] : [key]);
  } catch (cause) {
    throw new RegistryError('LIST_SIGNATURE_INVALID', 'The list is not signed by a known list key alone.', {
      cause,
    });
  }
}

function parsePayload(payload: Uint8Array): RevocationList {
  const text = decodeUtf8(payload);
  const value = parseStrictJson(text, {
    maxBytes: MAX_REVOCATION_LIST_BYTES,
    maxValues: MAX_REVOCATION_LIST_VALUES,
  });
  if (canonicalize(value) !== text) throw malformed('its payload is not canonical');
  assertSchema(REVOCATION_LIST, value);
  return value as unknown as RevocationList;
}

function malformed(what: string): RegistryError {
  return new RegistryError('LIST_MALFORMED', `The revocation list does not parse: ${what}.`);
}

function asMalformed<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (isRegistryError(cause) && cause.code === 'LIST_MALFORMED') throw cause;
    const what = cause instanceof Error ? cause.message : 'unknown';
    throw new RegistryError('LIST_MALFORMED', `The revocation list does not parse: ${what}`, { cause });
  }
}

/** The rules between the list at hand and the newest one accepted. */
function assertSuccession(list: RevocationList, digest: string, seen: SeenLists): void {
  if (list.number < seen.number) {
    throw new RegistryError(
      'LIST_ROLLBACK',
      `The list has number ${list.number}; ${seen.number} was seen before.`,
      {
        subject: String(list.number),
      },
    );
  }
  if (list.number === seen.number && list.previous_hash !== seen.previous_hash) {
    throw new RegistryError(
      'LIST_EQUIVOCATION',
      `Two lists of number ${list.number} rest on different ledgers.`,
      {
        subject: String(list.number),
      },
    );
  }
  const own = Object.hasOwn(seen.issuers, list.issuer) ? seen.issuers[list.issuer] : undefined;
  if (own !== undefined) assertSameIssuerSuccession(list, digest, own);
}

/** Another operator's mirror may lag by some blocks; one operator's own lists never go back. */
function assertSameIssuerSuccession(list: RevocationList, digest: string, own: SeenIssuer): void {
  if (list.height < own.height || list.this_update < own.this_update) {
    throw new RegistryError('LIST_ROLLBACK', 'The list is older than the one seen from the same operator.', {
      subject: String(list.height),
    });
  }
  if (list.this_update === own.this_update && list.height === own.height && digest !== own.digest) {
    throw new RegistryError(
      'LIST_EQUIVOCATION',
      'The operator signed two different lists of one height and time.',
      {
        subject: String(list.height),
      },
    );
  }
}

function assertFresh(list: RevocationList, now: number, maxAgeS: number | undefined): void {
  if (list.this_update > now + MAX_CLOCK_SKEW_S) {
    throw new RegistryError('LIST_STALE', 'The list is from the future; check the clock.', {
      subject: String(list.this_update),
    });
  }
  if (maxAgeS !== undefined && now - list.this_update > maxAgeS) {
    throw new RegistryError(
      'LIST_STALE',
      `The list is ${now - list.this_update} s old; at most ${maxAgeS} s are accepted.`,
      {
        subject: String(list.this_update),
      },
    );
  }
}
