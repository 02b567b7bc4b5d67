import { type Block, type BlockSignature } from './block';
import {
  type ChannelConfig,
  type Consenter,
  quorumSize,
  type SignaturePolicy,
  type SignatureRule,
} from './channel-config';
import { ProofError } from './errors';
import { verifySignature } from './identities';

/** What a consenter signs: metadata value || identifier header || header DER, all as received. */
function signedBytes(block: Block, signature: BlockSignature): Buffer {
  return Buffer.concat([block.ordererMetadata, signature.identifierHeader, block.headerBytes]);
}

/** Consenters whose signature holds, each once: a signature given twice is one voice. Unknown ids are passed over. */
function signersOf(block: Block, config: ChannelConfig): Consenter[] {
  const found = new Map<number, Consenter>();
  for (const signature of block.signatures) {
    const consenter = config.consenters.find(({ id }) => id === signature.consenterId);
    if (consenter === undefined || found.has(consenter.id)) continue;
    if (verifySignature(consenter.key, signedBytes(block, signature), signature.signature)) {
      found.set(consenter.id, consenter);
    }
  }
  return [...found.values()];
}

/** As Fabric evaluates it: in order, each signer counting once. */
function satisfies(
  rule: SignatureRule,
  policy: SignaturePolicy,
  signers: readonly Consenter[],
  used: Set<number>,
): boolean {
  if (rule.kind === 'n-of') {
    let count = 0;
    for (const inner of rule.rules) {
      const attempt = new Set(used);
      if (!satisfies(inner, policy, signers, attempt)) continue;
      count += 1;
      for (const id of attempt) used.add(id);
    }
    return count >= rule.n;
  }
  const principal = policy.principals[rule.index];
  const signer = signers.find(
    ({ id, mspId, identity }) =>
      !used.has(id) &&
      mspId === principal?.mspId &&
      identity.certificate.trim() === principal.certificate.trim(),
  );
  if (signer !== undefined) used.add(signer.id);
  return signer !== undefined;
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
  const signers = signersOf(block, config);
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
  if (!satisfies(config.blockValidation.rule, config.blockValidation, signers, new Set())) {
    throw new ProofError(
      'POLICY_NOT_SATISFIED',
      `block ${number}: its signatures do not satisfy BlockValidation`,
      { block: number },
    );
  }
  return signers.map(({ id }) => id);
}
