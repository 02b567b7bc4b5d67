import { ProofError } from './errors';
import { LEN, orEmpty, REPEATED, shape, VARINT, WireReader } from './wire-reader';
import { bytesField, messageField, uvarintField } from './wire-writer';

/** An organization's definition in a channel's configuration (msp.MSPConfig with msp.FabricMSPConfig). */
export interface MspConfig {
  readonly mspId: string;
  /** Certificates (PEM) of the CAs that issue its identities. */
  readonly roots: readonly Uint8Array[];
  readonly intermediates: readonly Uint8Array[];
  /** Certificates of administrators that are named one by one; none where organizational units say who they are. */
  readonly admins: readonly Uint8Array[];
  /** CRLs as they stand there, DER or PEM. */
  readonly revocationList: readonly Uint8Array[];
  /** Type of the MSP; 0 is Fabric's X.509 one, the only one that is read here. */
  readonly type: number;
  /** Every field but the revocation list, as read: what an update of the list may not touch. */
  readonly others: readonly (readonly [field: number, value: Uint8Array])[];
}

const MSP_CONFIG = shape({ 1: VARINT, 2: LEN });
const FABRIC_MSP = shape({
  1: LEN,
  2: LEN | REPEATED,
  3: LEN | REPEATED,
  4: LEN | REPEATED,
  5: LEN | REPEATED,
  6: LEN,
  7: LEN | REPEATED,
  8: LEN,
  9: LEN | REPEATED,
  10: LEN | REPEATED,
  11: LEN,
});
const NAME = 1;
const ROOTS = 2;
const INTERMEDIATES = 3;
const ADMINS = 4;
const REVOCATION_LIST = 5;
const TLS_ROOTS = 9;
const TLS_INTERMEDIATES = 10;

/**
 * Reads an MSP value. A field that is not known is refused: what can't be compared can't be shown to be unchanged.
 * @throws ProofError WIRE_*, CONFIG_MALFORMED for another type of MSP
 */
export function parseMspConfig(bytes: Uint8Array): MspConfig {
  const outer = new WireReader(bytes, 'MSPConfig', 'signing');
  let type = 0;
  let inner: Uint8Array | undefined;
  while (outer.next(MSP_CONFIG)) {
    if (outer.field === 1) type = outer.int32();
    else inner = outer.bytes();
  }
  if (type !== 0) throw new ProofError('CONFIG_MALFORMED', `an MSP of type ${type}`);
  const reader = new WireReader(orEmpty(inner), 'FabricMSPConfig', 'signing');
  const revocationList: Uint8Array[] = [];
  const others: [number, Uint8Array][] = [];
  while (reader.next(FABRIC_MSP)) {
    if (reader.field === REVOCATION_LIST) revocationList.push(reader.bytes());
    else others.push([reader.field, reader.bytes()]);
  }
  const all = (wanted: number): Uint8Array[] =>
    others.filter(([field]) => field === wanted).map(([, value]) => value);
  return {
    type,
    mspId: Buffer.from(orEmpty(all(NAME)[0])).toString('utf8'),
    roots: all(ROOTS),
    intermediates: all(INTERMEDIATES),
    admins: all(ADMINS),
    revocationList,
    others,
  };
}

/** The MSP value with another revocation list and everything else as it was. */
export function encodeMspConfig(config: MspConfig, revocationList: readonly Uint8Array[]): Buffer {
  const inner = [
    ...config.others.flatMap(([field, value]) => messageField(field, value)),
    ...revocationList.flatMap((crl) => messageField(REVOCATION_LIST, crl)),
  ];
  return Buffer.concat([...uvarintField(1, config.type), ...bytesField(2, Buffer.concat(inner))]);
}

/** Whether two definitions differ in nothing but their revocation lists. */
export function sameExceptRevocations(a: MspConfig, b: MspConfig): boolean {
  if (a.type !== b.type || a.others.length !== b.others.length) return false;
  return a.others.every(([field, value], index) => {
    const [otherField, otherValue] = b.others[index] ?? [0, orEmpty(undefined)];
    return field === otherField && Buffer.compare(value, otherValue) === 0;
  });
}

/** Certificates (PEM) of the CAs that issue the organization's TLS certificates. */
export function tlsAuthorities(config: MspConfig): Uint8Array[] {
  return config.others
    .filter(([field]) => field === TLS_ROOTS || field === TLS_INTERMEDIATES)
    .map(([, value]) => value);
}
