import {
  canonicalize,
  RegistryError,
  type CertificateKey,
  type ErrorCode,
  type LedgerKind,
} from '@maker-registry/protocol';
import type { RegistryContext } from './registry-context';

const ID = /^[0-9a-f]{64}$/;
/** No leading zero, at most fifteen digits: a number that JavaScript holds exactly, written in one way only. */
const COUNTER = /^[1-9]\d{0,14}$/;

const MSP_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const KEY_IDENTIFIER = /^([0-9a-f]{2}){1,64}$/;
const SERIAL = /^(0[1-9a-f]|[1-9a-f][0-9a-f])([0-9a-f]{2}){0,19}$/;

/** An id given as an argument. @throws {RegistryError} ID_MALFORMED */
export function idArgument(text: string): string {
  if (ID.test(text)) return text;
  throw new RegistryError('ID_MALFORMED', 'An id is 64 lower-case hexadecimal characters.', {
    subject: text.slice(0, 80),
  });
}

/** A positive number given as an argument. @throws {RegistryError} ID_MALFORMED */
export function counterArgument(text: string): number {
  if (COUNTER.test(text)) return Number(text);
  throw new RegistryError('ID_MALFORMED', 'A number is written in decimal, from 1.', {
    subject: text.slice(0, 80),
  });
}

/** The place of a layer or window, given as an argument: as a counter, from 0. @throws {RegistryError} ID_MALFORMED */
export function layerArgument(text: string): number {
  return text === '0' ? 0 : counterArgument(text);
}

/** A currency given as an argument. @throws {RegistryError} ID_MALFORMED */
export function currencyArgument(text: string): string {
  if (/^[A-Z]{3}$/.test(text)) return text;
  throw new RegistryError('ID_MALFORMED', 'A currency is three capital letters (ISO 4217).', {
    subject: text.slice(0, 80),
  });
}

/** An organization's MSP id given as an argument. @throws {RegistryError} ID_MALFORMED */
export function mspArgument(text: string): string {
  if (MSP_ID.test(text)) return text;
  throw new RegistryError('ID_MALFORMED', 'An MSP id is letters, digits, dots, hyphens and underscores.', {
    subject: text.slice(0, 80),
  });
}

/** Key identifier and serial number of a certificate, given as arguments. @throws {RegistryError} ID_MALFORMED */
export function certificateArgument(aki: string, serial: string): CertificateKey {
  if (KEY_IDENTIFIER.test(aki) && SERIAL.test(serial)) return { aki, serial };
  throw new RegistryError(
    'ID_MALFORMED',
    'Give key identifier and serial number in lower-case hex, the serial without leading zero bytes.',
    { subject: `${aki.slice(0, 80)}/${serial.slice(0, 80)}` },
  );
}

/**
 * A document as the ledger holds it, canonical JSON.
 *
 * @param absent the code to refuse with where there is none
 */
export async function readDocument(
  context: RegistryContext,
  kind: LedgerKind,
  id: readonly string[],
  absent: ErrorCode,
): Promise<string> {
  const document = await context.transaction.ledger.get(kind, id);
  if (document !== undefined) return canonicalize(document);
  throw new RegistryError(absent, `The ledger holds no ${kind} under this id.`, {
    subject: [kind, ...id].join('/'),
  });
}
