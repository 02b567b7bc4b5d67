import { LEN, shape, VARINT, WireReader } from '@maker-registry/fabric-proofs';

/** peer.DeliverResponse: a block, or the status that ends the stream. */
export interface DeliverResponse {
  readonly block: Uint8Array | null;
  readonly status: number;
}

const DELIVER_RESPONSE = shape({ 1: VARINT, 2: LEN });
const CHAIN_INFO = shape({ 1: VARINT });

/** Reads DeliverResponse { 1 status, 2 block }. @throws ProofError WIRE_* */
export function parseDeliverResponse(bytes: Uint8Array): DeliverResponse {
  const reader = new WireReader(bytes, 'DeliverResponse', 'proof');
  let block: Uint8Array | null = null;
  let status = 0;
  while (reader.next(DELIVER_RESPONSE)) {
    if (reader.field === 1) status = reader.int32();
    else block = reader.message(block ?? undefined);
  }
  return { block, status };
}

/** Reads the height in common.BlockchainInfo { 1 height, … }. @throws ProofError WIRE_* */
export function parseChainHeight(bytes: Uint8Array): number {
  const reader = new WireReader(bytes, 'BlockchainInfo', 'proof');
  let height = 0;
  while (reader.next(CHAIN_INFO)) height = reader.uint64();
  return height;
}
