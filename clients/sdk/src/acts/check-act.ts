import { X509Certificate } from 'node:crypto';
import {
  type DecodedProposal,
  type DecodedTransaction,
  decodePreparedTransaction,
  decodeProposal,
  ProofError,
} from '@maker-registry/fabric-proofs';
import { ClientError } from '../errors/client-error';
import { MAX_PROPOSAL_AGE_S } from '../limits';

/** What a person means to sign; everything the gateway sends is compared with it. */
export interface IntendedAct {
  readonly channel: string;
  readonly chaincode: string;
  /** `contract:Function`. */
  readonly function: string;
  /** The one argument, canonical JSON. */
  readonly argument: string;
  readonly mspId: string;
  /** PEM. */
  readonly certificate: string;
}

/**
 * Decodes a proposal and checks that a signature over it asks for the intended act and nothing else. The attacker is the
 * gateway: it could ask a reviewer who means to reject to sign an approval, a call on another channel, or an endorsement by
 * organisations of its choice.
 *
 * @param now Unix seconds of this machine
 * @throws ClientError GATEWAY_LIED
 */
export function checkProposal(bytes: Uint8Array, intended: IntendedAct, now: number): DecodedProposal {
  const proposal = decode(() => decodeProposal(bytes));
  checkCall(proposal, intended);
  if (proposal.transientKeys.length > 0)
    throw lied('it carries transient data, which the ledger would not show');
  if (proposal.timestamp === null || Math.abs(now - proposal.timestamp) > MAX_PROPOSAL_AGE_S) {
    throw lied('its time is not the present; it could have been kept for later');
  }
  return proposal;
}

/** Decodes an endorsed transaction and checks that it continues `proposal`, and that the endorsers accepted it. */
export function checkTransaction(
  bytes: Uint8Array,
  intended: IntendedAct,
  proposal: DecodedProposal,
): DecodedTransaction {
  const transaction = decode(() => decodePreparedTransaction(bytes, proposal));
  checkCall(transaction, intended);
  if (transaction.endorsers.length === 0) throw lied('no endorser signed it');
  if (transaction.status < OK || transaction.status >= ERRORS) throw lied('its endorsers refused it');
  return transaction;
}

const OK = 200;
const ERRORS = 400;

function checkCall(found: DecodedProposal | DecodedTransaction, intended: IntendedAct): void {
  const [argument, ...more] = found.args.map((one) => Buffer.from(one));
  const differences: [boolean, string][] = [
    [found.channelId !== intended.channel, `it is for channel "${found.channelId}"`],
    [found.chaincode !== intended.chaincode, `it calls chaincode "${found.chaincode}"`],
    [found.function !== intended.function, `it calls ${found.function} instead of ${intended.function}`],
    [more.length > 0, 'it has more than one argument'],
    [argument?.equals(Buffer.from(intended.argument)) !== true, 'its argument is another one'],
    [found.creator.mspId !== intended.mspId, `it is in the name of ${found.creator.mspId}`],
    [!isSameCertificate(found.creator.certificate, intended.certificate), 'it names another certificate'],
  ];
  for (const [differs, what] of differences) {
    if (differs) throw lied(what);
  }
}

function isSameCertificate(left: string, right: string): boolean {
  try {
    return new X509Certificate(left).raw.equals(new X509Certificate(right).raw);
  } catch {
    return false;
  }
}

function decode<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProofError) throw lied(error.message, error);
    throw error;
  }
}

function lied(what: string, cause?: unknown): ClientError {
  return new ClientError(
    'GATEWAY_LIED',
    `Nothing was signed: the gateway's message is not the act you asked for; ${what}.`,
    {
      cause,
    },
  );
}
