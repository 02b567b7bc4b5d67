import { type ConfigGroup, type ConfigTree } from './config-tree';
import { valueAt } from './config-update';
import { LEN, orEmpty, REPEATED, shape, VARINT, WireReader } from './wire-reader';

const BATCH_SIZE = shape({ 1: VARINT, 2: VARINT, 3: VARINT });
const ABSOLUTE_MAX_BYTES = 2;
const ORDERERS = shape({ 1: LEN | REPEATED });
const CONSENTER = shape({ 4: LEN, 5: LEN });
const ADDRESSES = shape({ 1: LEN | REPEATED });

/** Bytes of the largest transaction that the orderers take (BatchSize.absolute_max_bytes); 0 where none is set. */
export function maxTransactionBytes({ channel }: ConfigTree): number {
  const bytes = valueAt(channel, ['Orderer', 'BatchSize'])?.content;
  const reader = new WireReader(orEmpty(bytes), 'BatchSize', 'proof');
  let limit = 0;
  while (reader.next(BATCH_SIZE)) {
    const value = reader.uint32();
    if (reader.field === ABSOLUTE_MAX_BYTES) limit = value;
  }
  return limit;
}

/** Certificates (PEM) of an organization's orderers, as the consenters of the configuration name them. */
export function consenterCertificates({ channel }: ConfigTree, mspId: string): string[] {
  const bytes = valueAt(channel, ['Orderer', 'Orderers'])?.content;
  const reader = new WireReader(orEmpty(bytes), 'Orderers', 'proof');
  const found: string[] = [];
  while (reader.next(ORDERERS)) {
    const consenter = new WireReader(reader.bytes(), 'Consenter', 'proof');
    let owner = '';
    let identity: Uint8Array | undefined;
    while (consenter.next(CONSENTER)) {
      if (consenter.field === 4) owner = consenter.text();
      else identity = consenter.bytes();
    }
    if (owner === mspId) found.push(Buffer.from(orEmpty(identity)).toString('utf8'));
  }
  return found;
}

/** An organization's ordering service: where to reach it and whose TLS certificates to believe. */
export interface OrderingEndpoint {
  readonly mspId: string;
  /** host:port */
  readonly addresses: readonly string[];
}

/** Endpoints of the ordering organizations, as the configuration names them. */
export function orderingEndpoints({ channel }: ConfigTree): OrderingEndpoint[] {
  const organizations: ReadonlyMap<string, ConfigGroup> =
    channel.groups.get('Orderer')?.groups ?? new Map<string, ConfigGroup>();
  return [...organizations.entries()].map(([mspId, group]) => {
    const reader = new WireReader(orEmpty(group.values.get('Endpoints')?.content), 'Addresses', 'proof');
    const addresses: string[] = [];
    while (reader.next(ADDRESSES)) addresses.push(reader.text());
    return { mspId, addresses };
  });
}
