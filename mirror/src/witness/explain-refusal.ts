import { type Block, compareBlocks, parseBlock, ProofError } from '@maker-registry/fabric-proofs';
import { type WitnessSource } from '../config';
import { type ConnectPeer } from '../peer';
import { fetchBlock } from './fetch-block';
import { type Finding, shownKey } from './findings';

/** Reads a block that was refused as far as it can be read. */
function readable(bytes: Uint8Array): Block | null {
  try {
    return parseBlock(bytes);
  } catch (error) {
    if (error instanceof ProofError) return null;
    throw error;
  }
}

/** The same block from the first other organization's peer that gives it; null when none does. */
async function fromAnother(
  number: number,
  witnesses: readonly WitnessSource[],
  connect: ConnectPeer,
): Promise<{ readonly organization: string; readonly block: Block } | null> {
  const asked = witnesses.map(async ({ organization, source }) => {
    const peer = await connect(source);
    try {
      return { organization, block: await fetchBlock(peer, number) };
    } finally {
      peer.close();
    }
  });
  return Promise.any(asked).catch(() => null);
}

/**
 * What is wrong with a block of the own peer that did not verify, down to transaction and key, found by laying another
 * organization's copy beside it. Where no other peer answers, block and check are all there is to say.
 */
export async function explainRefusal(
  refused: { readonly error: ProofError; readonly bytes: Uint8Array | null },
  witnesses: readonly WitnessSource[],
  connect: ConnectPeer,
): Promise<Finding> {
  const { error, bytes } = refused;
  const { block, expected, actual } = error.details;
  const plain: Finding = {
    source: 'own-peer',
    organization: null,
    block: typeof block === 'number' ? block : null,
    code: error.code,
    expected: expected === undefined ? null : String(expected),
    actual: actual === undefined ? null : String(actual),
    txIndex: null,
    txId: null,
    key: null,
    message: error.message,
  };
  const own = bytes === null ? null : readable(bytes);
  if (own === null || plain.block === null) return plain;
  const other = await fromAnother(plain.block, witnesses, connect);
  if (other === null) return plain;
  const difference = compareBlocks(own, other.block);
  if (difference === null) {
    return {
      ...plain,
      message: `${plain.message}; the peer of ${other.organization} has the same block, so look at the mirror's tables first`,
    };
  }
  const { keys, txIndex, txId, part } = difference;
  const [key] = keys;
  return {
    ...plain,
    txIndex,
    txId,
    key: key === undefined ? null : shownKey(key.namespace, key.collection, key.key),
    message: `${plain.message}; the peer of ${other.organization} differs in its ${part.replace('_', ' ')}`,
  };
}
