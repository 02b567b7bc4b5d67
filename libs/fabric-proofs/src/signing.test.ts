import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { connect, hash, type Proposal } from '@hyperledger/fabric-gateway';
import { Client, credentials } from '@grpc/grpc-js';
import { common, gateway, msp, peer } from '@hyperledger/fabric-protos';
import { ProofError } from './errors';
import { decodePreparedTransaction, decodeProposal } from './signing';
import { transactionId } from './proposal';

/** A certificate is only carried along here; endorsement signatures are tested on the ledger's own blocks. */
const CERTIFICATE = Buffer.from('-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n');
const client = new Client('127.0.0.1:1', credentials.createInsecure());
const connection = connect({
  client,
  identity: { mspId: 'Op1MSP', credentials: CERTIFICATE },
  hash: hash.sha256,
});
const contract = connection.getNetwork('registry').getContract('registry', 'reviews');

afterAll(() => {
  connection.close();
  client.close();
});

function newProposal(): Proposal {
  return contract.newProposal('Decide', {
    arguments: ['{"decision":"approve"}'],
    endorsingOrganizations: ['Op1MSP', 'Op2MSP'],
  });
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ProofError) return error.code;
    throw error;
  }
  return 'accepted';
}

/** Re-encodes a proposal after changing its innermost parts. */
function altered(
  proposal: Proposal,
  change: (parts: {
    proposed: gateway.ProposedTransaction;
    inner: peer.Proposal;
    header: common.Header;
    payload: peer.ChaincodeProposalPayload;
    channel: common.ChannelHeader;
  }) => void,
): Uint8Array {
  const proposed = gateway.ProposedTransaction.deserializeBinary(proposal.getBytes());
  const signed = proposed.getProposal()!;
  const inner = peer.Proposal.deserializeBinary(signed.getProposalBytes_asU8());
  const header = common.Header.deserializeBinary(inner.getHeader_asU8());
  const payload = peer.ChaincodeProposalPayload.deserializeBinary(inner.getPayload_asU8());
  const channel = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8());
  change({ proposed, inner, header, payload, channel });
  header.setChannelHeader(channel.serializeBinary());
  inner.setHeader(header.serializeBinary());
  inner.setPayload(payload.serializeBinary());
  signed.setProposalBytes(inner.serializeBinary());
  return proposed.serializeBinary();
}

describe('decodeProposal', () => {
  it('shows what fabric-gateway asks to sign', () => {
    const proposal = newProposal();
    const decoded = decodeProposal(proposal.getBytes());
    expect(decoded).toMatchObject({
      txId: proposal.getTransactionId(),
      channelId: 'registry',
      chaincode: 'registry',
      function: 'reviews:Decide',
      creator: { mspId: 'Op1MSP', certificate: CERTIFICATE.toString() },
      transientKeys: [],
      endorsingOrganizations: ['Op1MSP', 'Op2MSP'],
    });
    expect(decoded.args.map((arg) => Buffer.from(arg).toString())).toEqual(['{"decision":"approve"}']);
    expect(Buffer.from(decoded.digest)).toEqual(Buffer.from(proposal.getDigest()));
    expect(Math.abs((decoded.timestamp ?? 0) - Date.now() / 1000)).toBeLessThan(60);
  });

  it('names transient fields', () => {
    const proposal = contract.newProposal('Decide', { transientData: { hidden: Buffer.from('x') } });
    expect(decodeProposal(proposal.getBytes()).transientKeys).toEqual(['hidden']);
  });

  it('refuses a transaction id that does not follow from nonce and creator', () => {
    const bytes = altered(newProposal(), ({ channel }) => {
      channel.setTxId('00'.repeat(32));
    });
    expect(codeOf(() => decodeProposal(bytes))).toBe('TX_ID_MISMATCH');
  });

  it('refuses a label that names another transaction', () => {
    const bytes = altered(newProposal(), ({ proposed }) => {
      proposed.setTransactionId('00'.repeat(32));
    });
    expect(codeOf(() => decodeProposal(bytes))).toBe('PROPOSAL_MISMATCH');
  });

  it('refuses another header type', () => {
    const bytes = altered(newProposal(), ({ channel }) => {
      channel.setType(common.HeaderType.CONFIG_UPDATE);
    });
    expect(codeOf(() => decodeProposal(bytes))).toBe('PROPOSAL_MISMATCH');
  });

  it('refuses a call whose chaincode is not the one the header names', () => {
    const bytes = altered(newProposal(), ({ payload }) => {
      const spec = peer.ChaincodeInvocationSpec.deserializeBinary(payload.getInput_asU8());
      spec.getChaincodeSpec()!.getChaincodeId()!.setName('other');
      payload.setInput(spec.serializeBinary());
    });
    expect(codeOf(() => decodeProposal(bytes))).toBe('PROPOSAL_MISMATCH');
  });

  it.each([
    ['initialization', Buffer.from('1801', 'hex')],
    ['decorations', Buffer.from('12060a0178120179', 'hex')],
  ])('refuses a call with %s', (_name, extra) => {
    const bytes = altered(newProposal(), ({ payload }) => {
      const spec = peer.ChaincodeInvocationSpec.deserializeBinary(payload.getInput_asU8());
      const input = spec.getChaincodeSpec()!.getInput()!.serializeBinary();
      spec.getChaincodeSpec()!.setInput(peer.ChaincodeInput.deserializeBinary(Buffer.concat([input, extra])));
      payload.setInput(spec.serializeBinary());
    });
    expect(codeOf(() => decodeProposal(bytes))).toBe('PROPOSAL_MISMATCH');
  });

  it('refuses bytes it can not show: an unknown field, or one given twice', () => {
    const bytes = newProposal().getBytes();
    expect(codeOf(() => decodeProposal(Buffer.concat([bytes, Buffer.from([0x7a, 0x01, 0x00])])))).toBe(
      'WIRE_UNKNOWN_FIELD',
    );
    expect(codeOf(() => decodeProposal(Buffer.concat([bytes, Buffer.from([0x0a, 0x01, 0x61])])))).toBe(
      'WIRE_REPEATED_FIELD',
    );
    expect(codeOf(() => decodeProposal(Buffer.concat([bytes, Buffer.from([0x08, 0x01])])))).toBe('WIRE_TYPE');
  });

  it('answers every truncation with a typed error', () => {
    // Without named organizations the last field is obligatory, so no prefix is a whole message.
    const bytes = contract.newProposal('Decide').getBytes();
    for (let length = 0; length < bytes.length; length += 1) {
      expect(codeOf(() => decodeProposal(bytes.subarray(0, length)))).not.toBe('accepted');
    }
  });
});

/** Makes a prepared transaction as a peer's gateway would, endorsed by a key without a certificate. */
function prepare(
  proposal: Proposal,
  answer?: { hash?: Uint8Array; chaincode?: string },
): gateway.PreparedTransaction {
  const inner = peer.Proposal.deserializeBinary(
    gateway.ProposedTransaction.deserializeBinary(proposal.getBytes()).getProposal()!.getProposalBytes_asU8(),
  );
  const header = common.Header.deserializeBinary(inner.getHeader_asU8());
  const response = new peer.Response();
  response.setStatus(200);
  const id = new peer.ChaincodeID();
  id.setName(answer?.chaincode ?? 'registry');
  const action = new peer.ChaincodeAction();
  action.setResponse(response);
  action.setChaincodeId(id);
  const prp = new peer.ProposalResponsePayload();
  prp.setProposalHash(answer?.hash ?? decodeProposal(proposal.getBytes()).proposalHash);
  prp.setExtension$(action.serializeBinary());
  const endorsed = new peer.ChaincodeEndorsedAction();
  endorsed.setProposalResponsePayload(prp.serializeBinary());
  const actionPayload = new peer.ChaincodeActionPayload();
  actionPayload.setChaincodeProposalPayload(inner.getPayload_asU8());
  actionPayload.setAction(endorsed);
  const transactionAction = new peer.TransactionAction();
  transactionAction.setHeader(header.getSignatureHeader_asU8());
  transactionAction.setPayload(actionPayload.serializeBinary());
  const transaction = new peer.Transaction();
  transaction.addActions(transactionAction);
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(transaction.serializeBinary());
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  const prepared = new gateway.PreparedTransaction();
  prepared.setTransactionId(proposal.getTransactionId());
  prepared.setEnvelope(envelope);
  return prepared;
}

describe('decodePreparedTransaction', () => {
  it('shows what fabric-gateway asks to sign', () => {
    const proposal = newProposal();
    const bytes = prepare(proposal).serializeBinary();
    const decoded = decodePreparedTransaction(bytes, decodeProposal(proposal.getBytes()));
    expect(decoded).toMatchObject({
      txId: proposal.getTransactionId(),
      function: 'reviews:Decide',
      status: 200,
      endorsers: [],
    });
    expect(Buffer.from(decoded.digest)).toEqual(Buffer.from(connection.newTransaction(bytes).getDigest()));
  });

  it('refuses the answer to another proposal', () => {
    const bytes = prepare(newProposal(), { hash: Buffer.alloc(32) }).serializeBinary();
    expect(codeOf(() => decodePreparedTransaction(bytes))).toBe('TX_PROPOSAL_HASH');
  });

  it('refuses a transaction that is not the continuation of what was signed before', () => {
    const bytes = prepare(newProposal()).serializeBinary();
    expect(codeOf(() => decodePreparedTransaction(bytes, decodeProposal(newProposal().getBytes())))).toBe(
      'PROPOSAL_MISMATCH',
    );
  });

  it('refuses an answer of another chaincode', () => {
    const bytes = prepare(newProposal(), { chaincode: 'other' }).serializeBinary();
    expect(codeOf(() => decodePreparedTransaction(bytes))).toBe('PROPOSAL_MISMATCH');
  });

  it('refuses a label that names another transaction', () => {
    const prepared = prepare(newProposal());
    prepared.setTransactionId('00'.repeat(32));
    expect(codeOf(() => decodePreparedTransaction(prepared.serializeBinary()))).toBe('PROPOSAL_MISMATCH');
  });

  it('refuses an endorsement that does not verify', () => {
    const prepared = prepare(newProposal());
    const envelope = prepared.getEnvelope()!;
    const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
    const transaction = peer.Transaction.deserializeBinary(payload.getData_asU8());
    const actionPayload = peer.ChaincodeActionPayload.deserializeBinary(
      transaction.getActionsList()[0]!.getPayload_asU8(),
    );
    const endorser = new msp.SerializedIdentity();
    endorser.setMspid('Op1MSP');
    endorser.setIdBytes(CERTIFICATE);
    const endorsement = new peer.Endorsement();
    endorsement.setEndorser(endorser.serializeBinary());
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    endorsement.setSignature(
      sign('sha256', Buffer.from('x'), createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }))),
    );
    actionPayload.getAction()!.addEndorsements(endorsement);
    transaction.getActionsList()[0]!.setPayload(actionPayload.serializeBinary());
    payload.setData(transaction.serializeBinary());
    envelope.setPayload(payload.serializeBinary());
    expect(codeOf(() => decodePreparedTransaction(prepared.serializeBinary()))).toBe('SIGNATURE_INVALID');
  });

  it('answers every truncation with a typed error', () => {
    const bytes = prepare(newProposal()).serializeBinary();
    for (let length = 0; length < bytes.length; length += 1) {
      expect(codeOf(() => decodePreparedTransaction(bytes.subarray(0, length)))).not.toBe('accepted');
    }
  });
});

it('derives a transaction id as fabric-gateway does', () => {
  const proposal = newProposal();
  const decoded = decodeProposal(proposal.getBytes());
  const identity = new msp.SerializedIdentity();
  identity.setMspid('Op1MSP');
  identity.setIdBytes(CERTIFICATE);
  expect(transactionId({ nonce: decoded.nonce, creatorBytes: identity.serializeBinary() })).toBe(
    proposal.getTransactionId(),
  );
});
