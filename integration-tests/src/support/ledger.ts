import { createHash } from 'node:crypto';
import {
  certificateAttributes,
  parseBlock,
  parseCertificate,
  parseEndorserTransaction,
  parseEnvelope,
  type EndorserTransaction,
} from '@maker-registry/fabric-proofs';
import { fabricClient, type RunningNetwork } from '@maker-registry/testbed';

/** Type of a chaincode transaction in Fabric's channel header. */
const ENDORSER_TRANSACTION = 3;
const VALID = 0;

/** A valid transaction of the registry's chaincode as a peer's ledger holds it. */
export interface LedgerTransaction {
  readonly block: number;
  readonly txId: string;
  readonly function: string;
  readonly args: readonly string[];
  readonly creator: { readonly msp_id: string; readonly role?: string; readonly certificate_digest: string };
  readonly timestamp: number;
  readonly writes: readonly { readonly key: string; readonly value: string }[];
}

/** Reads the valid registry transactions of blocks `from` … `to` (exclusive) from an operator's peer. */
export async function ledgerTransactions(
  network: RunningNetwork,
  range: { from: number; to: number },
  operator = 'op1',
): Promise<LedgerTransaction[]> {
  const client = fabricClient(network, operator);
  const found: LedgerTransaction[] = [];
  try {
    const ledger = client.contract('qscc', '');
    for (let number = range.from; number < range.to; number += 1) {
      const block = parseBlock(
        await ledger.evaluateTransaction('GetBlockByNumber', network.file.channel, String(number)),
      );
      block.envelopes.forEach((bytes, index) => {
        const envelope = parseEnvelope(bytes);
        if (block.flags[index] !== VALID || envelope.channelHeader.type !== ENDORSER_TRANSACTION) return;
        const transaction = parseEndorserTransaction(envelope);
        if (transaction.action.chaincode === network.file.chaincode)
          found.push(asLedgerTransaction(number, transaction));
      });
    }
  } finally {
    client.close();
  }
  return found;
}

function asLedgerTransaction(block: number, transaction: EndorserTransaction): LedgerTransaction {
  const { creator, invocation, envelope } = transaction;
  const certificate = parseCertificate(creator.certificate);
  const role = certificateAttributes(certificate)['registry.role'];
  const own = transaction.rwSets.find((set) => set.namespace === transaction.action.chaincode);
  return {
    block,
    txId: envelope.channelHeader.txId,
    function: invocation.function,
    args: invocation.args.map((argument) => Buffer.from(argument).toString('utf8')),
    creator: {
      msp_id: creator.mspId,
      ...(role === undefined ? {} : { role }),
      certificate_digest: createHash('sha256').update(certificate.raw).digest('hex'),
    },
    timestamp: envelope.channelHeader.timestamp ?? 0,
    writes: (own?.writes ?? []).map((write) => ({
      key: write.key,
      value: Buffer.from(write.value).toString('utf8'),
    })),
  };
}

/** The ledger's height as the operator's peer tells it: the number of the next block. */
export async function ledgerHeight(network: RunningNetwork, operator = 'op1'): Promise<number> {
  const client = fabricClient(network, operator);
  try {
    const info = await client.contract('qscc', '').evaluateTransaction('GetChainInfo', network.file.channel);
    return readHeight(info);
  } finally {
    client.close();
  }
}

/** Field 1 of common.BlockchainInfo, a varint. */
function readHeight(info: Uint8Array): number {
  if (info[0] !== 0x08) throw new Error('BlockchainInfo does not start with the height');
  let height = 0;
  for (let at = 1, scale = 1; ; at += 1, scale *= 128) {
    const byte = info[at] ?? 0;
    height += (byte & 0x7f) * scale;
    if (byte < 0x80) return height;
  }
}
