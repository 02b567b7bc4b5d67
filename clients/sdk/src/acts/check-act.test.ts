import { createHash } from 'node:crypto';
import { Client, credentials } from '@grpc/grpc-js';
import { connect, hash, type ProposalOptions } from '@hyperledger/fabric-gateway';
import { common, gateway, peer } from '@hyperledger/fabric-protos';
import { makeCertificate } from '../testing/https-server';
import { checkProposal, checkTransaction, type IntendedAct } from './check-act';
import { signedMessage } from './signed-message';

const reviewer = makeCertificate('reviewer');
const other = makeCertificate('another reviewer');
const grpc = new Client('127.0.0.1:1', credentials.createInsecure());
const ARGUMENT = '{"artifact_id":"aa","decision":"reject"}';
const NOW = Math.floor(Date.now() / 1_000);

const intended: IntendedAct = {
  channel: 'registry',
  chaincode: 'registry',
  function: 'reviews:Decide',
  argument: ARGUMENT,
  mspId: 'Op1MSP',
  certificate: reviewer.cert,
};

interface Asked {
  readonly channel?: string;
  readonly chaincode?: string;
  readonly contract?: string;
  readonly function?: string;
  readonly mspId?: string;
  readonly certificate?: string;
  readonly options?: ProposalOptions;
}

/** The bytes that a gateway would send for signing. */
function proposalBytes(asked: Asked = {}): Uint8Array {
  const connection = connect({
    client: grpc,
    identity: {
      mspId: asked.mspId ?? 'Op1MSP',
      credentials: Buffer.from(asked.certificate ?? reviewer.cert),
    },
    hash: hash.sha256,
  });
  const contract = connection
    .getNetwork(asked.channel ?? 'registry')
    .getContract(asked.chaincode ?? 'registry', asked.contract ?? 'reviews');
  return contract
    .newProposal(asked.function ?? 'Decide', { arguments: [ARGUMENT], ...asked.options })
    .getBytes();
}

function verdict(bytes: Uint8Array, now = NOW): string {
  try {
    checkProposal(bytes, intended, now);
    return 'accepted';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

function withHeaderTime(bytes: Uint8Array, seconds: number): Uint8Array {
  const proposed = gateway.ProposedTransaction.deserializeBinary(bytes);
  const signed = proposed.getProposal()!;
  const inner = peer.Proposal.deserializeBinary(signed.getProposalBytes_asU8());
  const header = common.Header.deserializeBinary(inner.getHeader_asU8());
  const channel = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8());
  (channel.getTimestamp() as unknown as { setSeconds: (value: number) => void }).setSeconds(seconds);
  header.setChannelHeader(channel.serializeBinary());
  inner.setHeader(header.serializeBinary());
  signed.setProposalBytes(inner.serializeBinary());
  return proposed.serializeBinary();
}

afterAll(() => {
  grpc.close();
});

describe('checkProposal', () => {
  it('accepts the act that was asked for, and finds the bytes to sign', () => {
    const bytes = proposalBytes();
    const proposal = checkProposal(bytes, intended, NOW);
    const message = signedMessage(bytes, proposal.digest);
    expect(createHash('sha256').update(message).digest()).toEqual(Buffer.from(proposal.digest));
  });

  it.each<[string, Asked]>([
    ['another channel', { channel: 'registry2' }],
    ['another chaincode', { chaincode: '_lifecycle' }],
    ['another contract', { contract: 'revocations' }],
    ['another function', { function: 'Withdraw' }],
    ['another argument', { options: { arguments: [ARGUMENT.replace('reject', 'approve')] } }],
    ['an argument more', { options: { arguments: [ARGUMENT, '{}'] } }],
    ['no argument', { options: { arguments: [] } }],
    ['the name of another organisation', { mspId: 'Op2MSP' }],
    ['another certificate', { certificate: other.cert }],
    ['transient data', { options: { transientData: { hidden: 'x' } } }],
  ])('refuses a gateway that asks for %s', (_what, asked) => {
    expect(verdict(proposalBytes(asked))).toBe('GATEWAY_LIED');
  });

  it('refuses a proposal of another time, which could be kept back and used later', () => {
    expect(verdict(withHeaderTime(proposalBytes(), NOW + 3_600))).toBe('GATEWAY_LIED');
    expect(verdict(withHeaderTime(proposalBytes(), NOW - 3_600))).toBe('GATEWAY_LIED');
    expect(verdict(withHeaderTime(proposalBytes(), NOW + 60))).toBe('accepted');
  });

  it('refuses bytes that are no proposal', () => {
    const bytes = proposalBytes();
    expect(verdict(new Uint8Array())).toBe('GATEWAY_LIED');
    expect(verdict(bytes.subarray(0, bytes.length - 1))).toBe('GATEWAY_LIED');
    expect(verdict(Buffer.concat([bytes, bytes]))).toBe('GATEWAY_LIED');
  });
});

describe('checkTransaction', () => {
  it('refuses bytes that are no endorsed transaction of the proposal', () => {
    const bytes = proposalBytes();
    const proposal = checkProposal(bytes, intended, NOW);
    for (const wrong of [new Uint8Array(), bytes, proposalBytes()]) {
      expect(() => checkTransaction(wrong, intended, proposal)).toThrow(
        expect.objectContaining({ code: 'GATEWAY_LIED' }) as Error,
      );
    }
  });
});

describe('signedMessage', () => {
  it('refuses bytes that do not hold what has the digest', () => {
    const digest = checkProposal(proposalBytes(), intended, NOW).digest;
    for (const wrong of [new Uint8Array(), proposalBytes(), Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff)]) {
      expect(() => signedMessage(wrong, digest)).toThrow(
        expect.objectContaining({ code: 'GATEWAY_LIED' }) as Error,
      );
    }
  });
});
