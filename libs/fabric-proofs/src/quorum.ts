import { type Block, type BlockSignature } from './block';
import { type ChannelConfig, type Consenter, quorumSize } from './channel-config';
import { ProofError } from './errors';
import { verifySignature } from './identities';
import { policySatisfied, type Principal } from './signature-policy';

/** What a consenter signs: metadata value || identifier header || header DER, all as received. */
function signedBytes(block: Block, signature: BlockSignature): Buffer {
  return Buffer.concat([block.ordererMetadata, signature.identifierHeader, block.headerBytes]);
}

/** A consenter and its signature over a block. */
export interface BlockSigner {
  readonly consenter: Consenter;
  readonly signature: BlockSignature;
}

/** Consenters whose signature holds, each once: a signature given twice is one voice. Unknown ids are passed over. */
export function signersOf(block: Block, config: ChannelConfig): BlockSigner[] {
  const found = new Map<number, BlockSigner>();
  for (const signature of block.signatures) {
    const consenter = config.consenters.find(({ id }) => id === signature.consenterId);
    if (consenter === undefined || found.has(consenter.id)) continue;
    if (verifySignature(consenter.key, signedBytes(block, signature), signature.signature)) {
      found.set(consenter.id, { consenter, signature });
    }
  }
  return [...found.values()];
}

function isConsenter({ mspId, identity }: Consenter, principal: Principal): boolean {
  return (
    principal.kind === 'identity' &&
    mspId === principal.mspId &&
    identity.certificate.trim() === principal.certificate.trim()
  );
}

/**
 * Verifies who ordered a block: distinct consenters of the configuration in force, at least the BFT quorum, and the
 * BlockValidation policy too, for the two are separate settings and the policy is not recomputed when consenters change.
 *
 * It says nothing about validity flags and commit hash, which each peer writes after ordering.
 *
 * @param config in force before this block
 * @returns ids of the consenters that signed
 * @throws ProofError BLOCK_QUORUM, POLICY_UNSUPPORTED, POLICY_NOT_SATISFIED
 */
export function verifyQuorum(block: Block, config: ChannelConfig): number[] {
  const { number } = block.header;
  const signers = signersOf(block, config).map(({ consenter }) => consenter);
  const needed = quorumSize(config.consenters.length);
  if (signers.length < needed) {
    throw new ProofError(
      'BLOCK_QUORUM',
      `block ${number}: ${signers.length} orderers signed it, ${needed} are needed`,
      {
        block: number,
        expected: needed,
        actual: signers.length,
      },
    );
  }
  if (config.blockValidation === null) {
    throw new ProofError(
      'POLICY_UNSUPPORTED',
      `block ${number}: BlockValidation is not a policy over named orderers`,
      { block: number },
    );
  }
  if (!policySatisfied(config.blockValidation, signers, isConsenter)) {
    throw new ProofError(
      'POLICY_NOT_SATISFIED',
      `block ${number}: its signatures do not satisfy BlockValidation`,
      { block: number },
    );
  }
  return signers.map(({ id }) => id);
}
