import 'reflect-metadata';
import { createPrivateKey, type KeyObject, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
} from '@peculiar/x509';
import { sha256 } from '../digests';
import { type EndorsedAnswer, type Receipt } from '../receipts/receipt';
import { bytesField, numberField } from '../wire-writer';
import { type Block, parseBlock } from '../block';
import { essentialBlock } from '../receipts/configuration-walk';
import { encodeReceipt } from '../receipts/receipt-format';
import { type ReceiptVerdict, verifyReceipt } from '../receipts/verify-receipt';
import {
  configEnvelope,
  group,
  GROUPS,
  makeBlock,
  POLICIES,
  signLow,
  type TestApplication,
  type TestBlock,
  testConsenter,
  type TestConsenter,
  VALUES,
} from './synthetic-chain';

/** An organization made for a test: a CA, a peer and a client, with their keys. */
export interface TestOrganization {
  readonly mspId: string;
  readonly ca: string;
  readonly peer: TestIdentity;
  readonly client: TestIdentity;
  /** A certificate of another name from the same CA. */
  readonly issue: (unit: string) => Promise<TestIdentity>;
  /** The CA's CRL with these certificates, DER. */
  readonly revoke: (identities: readonly TestIdentity[]) => Promise<Uint8Array>;
}

export interface TestIdentity {
  readonly mspId: string;
  readonly certificate: string;
  readonly key: KeyObject;
  /** msp.SerializedIdentity. */
  readonly bytes: Uint8Array;
}

export const CHANNEL = 'registry';
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const NODE_UNITS = ['client', 'peer', 'admin', 'orderer'] as const;
const SIGNATURE_POLICY = 1;
const PEER_ROLE = 3;
const TYPE_ENDORSER_TRANSACTION = 3;

const text = (value: string): Uint8Array => Buffer.from(value, 'utf8');
const message = (...parts: readonly (readonly Uint8Array[])[]): Buffer => Buffer.concat(parts.flat());

async function nodeKey(key: webcrypto.CryptoKey): Promise<KeyObject> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

export function serializedIdentity(mspId: string, certificate: string): Uint8Array {
  return message(bytesField(1, text(mspId)), bytesField(2, text(certificate)));
}

let serial = 1;

export async function testOrganization(mspId: string): Promise<TestOrganization> {
  const caKeys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const ca = await X509CertificateGenerator.createSelfSigned({
    name: `CN=ca.${mspId}`,
    keys: caKeys,
    signingAlgorithm: ALGORITHM,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  const issue = async (unit: string): Promise<TestIdentity> => {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    serial += 1;
    const issued = await X509CertificateGenerator.create({
      subject: `OU=${unit}, CN=${unit}.${mspId}`,
      issuer: ca.subject,
      publicKey: keys.publicKey,
      signingKey: caKeys.privateKey,
      signingAlgorithm: ALGORITHM,
      serialNumber: serial.toString(16).padStart(8, '0'),
    });
    const certificate = `${issued.toString('pem')}\n`;
    return {
      mspId,
      certificate,
      key: await nodeKey(keys.privateKey),
      bytes: serializedIdentity(mspId, certificate),
    };
  };
  const pem = ca.toString('pem');
  const revoke = async (identities: readonly TestIdentity[]): Promise<Uint8Array> => {
    const list = await X509CrlGenerator.create({
      issuer: ca.subject,
      thisUpdate: new Date(0),
      signingKey: caKeys.privateKey,
      signingAlgorithm: ALGORITHM,
      entries: identities.map(({ certificate }) => ({
        serialNumber: new X509Certificate(certificate).serialNumber,
        revocationDate: new Date(0),
      })),
    });
    return Buffer.from(list.rawData);
  };
  return { mspId, ca: pem, peer: await issue('peer'), client: await issue('client'), issue, revoke };
}

/** MSPConfig { 2 FabricMSPConfig } with node OUs and possibly a CRL. */
function mspOf({ mspId, ca }: TestOrganization, revocationList?: Uint8Array): Uint8Array {
  const units = NODE_UNITS.flatMap((unit, index) =>
    bytesField(index + 2, message(bytesField(2, text(unit)))),
  );
  const fabric = message(
    bytesField(1, text(mspId)),
    bytesField(2, text(ca)),
    revocationList === undefined ? [] : bytesField(5, revocationList),
    bytesField(11, message(numberField(1, 1), units)),
  );
  return message(bytesField(2, fabric));
}

/** common.Policy of n peers of these organizations, each at most once. */
export function peersPolicy(mspIds: readonly string[], n: number): Uint8Array {
  const rules = mspIds.flatMap((_, index) => bytesField(2, message(numberField(1, index))));
  const rule = message(bytesField(2, message(numberField(1, n), rules)));
  const principals = mspIds.flatMap((mspId) =>
    bytesField(3, message(bytesField(2, message(bytesField(1, text(mspId)), numberField(2, PEER_ROLE))))),
  );
  const envelope = message(bytesField(2, rule), principals);
  return message(numberField(1, SIGNATURE_POLICY), bytesField(2, envelope));
}

export interface TestMembership {
  readonly organizations: readonly TestOrganization[];
  /** Who is named in the endorsement policy, and how many of them it asks for. */
  readonly operators: readonly TestOrganization[];
  readonly required: number;
  readonly revocationList?: { readonly of: TestOrganization; readonly der: Uint8Array };
  readonly channel?: string;
}

export function testApplication(membership: TestMembership): TestApplication {
  const { organizations, operators, required, revocationList, channel = CHANNEL } = membership;
  const value = (bytes: Uint8Array): Uint8Array => message(bytesField(2, bytes));
  const groups = organizations.map((one) => {
    const list = revocationList?.of === one ? revocationList.der : undefined;
    return [GROUPS, one.mspId, group([[VALUES, 'MSP', value(mspOf(one, list))]]).serializeBinary()] as const;
  });
  const policy = peersPolicy(
    operators.map(({ mspId }) => mspId),
    required,
  );
  return { channel, group: group([...groups, [POLICIES, 'Endorsement', value(policy)]]).serializeBinary() };
}

export interface TestQuestion {
  readonly asker: TestIdentity;
  readonly channel?: string;
  readonly chaincode: string;
  readonly args: readonly (string | Uint8Array)[];
  /** What the chaincode gives back. */
  readonly result: Uint8Array;
  readonly results?: Uint8Array;
  readonly status?: number;
  readonly answeredBy?: string;
  readonly nonce?: Uint8Array;
  /** Who endorses it, where it is a transaction. */
  readonly endorsers?: readonly TestIdentity[];
}

const chaincodeId = (name: string): Uint8Array => message(bytesField(2, text(name)));

/** The proposal's three parts. */
export function testProposal(
  question: TestQuestion,
): Omit<EndorsedAnswer, 'responsePayload' | 'endorsements'> {
  const { asker, channel = CHANNEL, chaincode, args, nonce = Buffer.alloc(24, 5) } = question;
  const signatureHeader = message(bytesField(1, asker.bytes), bytesField(2, nonce));
  const channelHeader = message(
    numberField(1, TYPE_ENDORSER_TRANSACTION),
    bytesField(3, message(numberField(1, 1_700_000_000))),
    bytesField(4, text(channel)),
    bytesField(5, text(sha256(nonce, asker.bytes).toString('hex'))),
    bytesField(7, message(bytesField(2, chaincodeId(chaincode)))),
  );
  const input = args.flatMap((arg) => bytesField(1, typeof arg === 'string' ? text(arg) : arg));
  const spec = message(
    numberField(1, 1),
    bytesField(2, chaincodeId(chaincode)),
    bytesField(3, message(input)),
  );
  return {
    channelHeader,
    signatureHeader,
    proposalPayload: message(bytesField(1, message(bytesField(1, spec)))),
  };
}

/** ProposalResponsePayload: what endorsers sign before their identity. */
export function testResponse(
  proposal: Omit<EndorsedAnswer, 'responsePayload' | 'endorsements'>,
  { chaincode, result, results, status = 200, answeredBy = chaincode }: TestQuestion,
): Uint8Array {
  const { channelHeader, signatureHeader, proposalPayload } = proposal;
  const action = message(
    results === undefined ? [] : bytesField(1, results),
    bytesField(3, message(numberField(1, status), bytesField(3, result))),
    bytesField(4, chaincodeId(answeredBy)),
  );
  return message(
    bytesField(1, sha256(channelHeader, signatureHeader, proposalPayload)),
    bytesField(2, action),
  );
}

export function endorse(
  responsePayload: Uint8Array,
  endorser: TestIdentity,
): EndorsedAnswer['endorsements'][number] {
  const signature = signLow(Buffer.concat([responsePayload, endorser.bytes]), endorser.key);
  return { endorserBytes: endorser.bytes, signature };
}

/** A question with the answer that these peers sign. */
export function testAnswer(question: TestQuestion, endorsers: readonly TestIdentity[]): EndorsedAnswer {
  const proposal = testProposal(question);
  const responsePayload = testResponse(proposal, question);
  return {
    ...proposal,
    responsePayload,
    endorsements: endorsers.map((one) => endorse(responsePayload, one)),
  };
}

/** common.Envelope of a chaincode transaction with these endorsements, signed by its creator. */
export function testTransaction(question: TestQuestion, endorsers: readonly TestIdentity[]): Uint8Array {
  const { channelHeader, signatureHeader, proposalPayload, responsePayload, endorsements } = testAnswer(
    question,
    endorsers,
  );
  const endorsed = endorsements.flatMap(({ endorserBytes, signature }) =>
    bytesField(2, message(bytesField(1, endorserBytes), bytesField(2, signature))),
  );
  const action = message(bytesField(1, responsePayload), endorsed);
  const payloadOfAction = message(bytesField(1, proposalPayload), bytesField(2, action));
  const data = message(
    bytesField(1, message(bytesField(1, signatureHeader), bytesField(2, payloadOfAction))),
  );
  const header = message(bytesField(1, channelHeader), bytesField(2, signatureHeader));
  const payload = message(bytesField(1, header), bytesField(2, data));
  return message(bytesField(1, payload), bytesField(2, signLow(payload, question.asker.key)));
}

export function transactionIdOf({ asker, nonce = Buffer.alloc(24, 5) }: TestQuestion): string {
  return sha256(nonce, asker.bytes).toString('hex');
}

/** peer.ProcessedTransaction; VALID (0) is absent, as proto3 writes it. */
export function processed(envelope: Uint8Array, code: number): Uint8Array {
  return message(bytesField(1, envelope), code === 0 ? [] : numberField(2, code));
}

/** A network of four operators and a regulator, with its genesis block, on which tests make receipts. */
export class TestNetwork {
  readonly consenters: TestConsenter[];
  readonly operators: TestOrganization[];
  readonly regulator: TestOrganization;
  readonly genesis: ReturnType<typeof makeBlock>;

  private constructor(
    consenters: TestConsenter[],
    operators: TestOrganization[],
    regulator: TestOrganization,
  ) {
    this.consenters = consenters;
    this.operators = operators;
    this.regulator = regulator;
    this.genesis = makeBlock({
      number: 0,
      previousHash: Buffer.alloc(0),
      envelopes: [this.configuration(0)],
      lastConfig: 0,
      signers: [],
    });
  }

  static async make(): Promise<TestNetwork> {
    const consenters = await Promise.all([1, 2, 3, 4].map(testConsenter));
    const operators = await Promise.all(['Op1MSP', 'Op2MSP', 'Op3MSP', 'Op4MSP'].map(testOrganization));
    return new TestNetwork(consenters, operators, await testOrganization('RegulatorMSP'));
  }

  get genesisHash(): string {
    return this.genesis.headerHash.toString('hex');
  }

  /** A client of the first operator. */
  get asker(): TestIdentity {
    const [first] = this.operators;
    if (first === undefined) throw new Error('a network without operators');
    return first.client;
  }

  peers(count: number): TestIdentity[] {
    return this.operators.slice(0, count).map(({ peer }) => peer);
  }

  configuration(sequence: number, membership: Partial<TestMembership> = {}): Uint8Array {
    const { operators, regulator } = this;
    const organizations = [...operators, regulator];
    const application = testApplication({ organizations, operators, required: 3, ...membership });
    return configEnvelope(sequence, this.consenters, 3, application);
  }

  /** A block signed by a quorum. */
  block(number: number, envelopes: readonly Uint8Array[], parts: Partial<TestBlock> = {}): Block {
    const previousHash = number === 1 ? this.genesis.headerHash : Buffer.alloc(32, number);
    const signers = this.consenters.slice(0, 3);
    return parseBlock(makeBlock({ number, previousHash, envelopes, lastConfig: 0, signers, ...parts }).bytes);
  }

  /** An answer of qscc about a transaction. */
  attestation(call: TestQuestion, code: number, signers = this.peers(3)): EndorsedAnswer {
    const envelope = testTransaction(call, call.endorsers ?? this.peers(3));
    return this.attestationOf(transactionIdOf(call), envelope, code, signers);
  }

  attestationOf(txId: string, envelope: Uint8Array, code: number, signers = this.peers(3)): EndorsedAnswer {
    const args = ['GetTransactionByID', CHANNEL, txId];
    const result = processed(envelope, code);
    return testAnswer(
      { asker: this.asker, chaincode: 'qscc', args, result, nonce: Buffer.alloc(24, 9) },
      signers,
    );
  }

  receipt(kind: Receipt['kind'], answers: readonly EndorsedAnswer[], parts: Partial<Receipt> = {}): Receipt {
    return {
      kind,
      required: answers[0]?.endorsements.length ?? 0,
      operators: this.operators.length,
      answers,
      blocks: [],
      txIndex: 0,
      configurations: [essentialBlock(parseBlock(this.genesis.bytes))],
      ...parts,
    };
  }

  judge(receipt: Receipt): ReceiptVerdict {
    return verifyReceipt(encodeReceipt(receipt), { genesisHash: this.genesisHash });
  }
}

/** rwset.TxReadWriteSet of one namespace, and possibly the lifecycle's, for the results of a chaincode. */
export interface TestNamespace {
  readonly namespace: string;
  readonly reads?: readonly {
    readonly key: string;
    readonly version?: readonly [block: number, txIndex: number];
  }[];
  readonly writes?: readonly { readonly key: string; readonly value: Uint8Array }[];
  readonly metadataWrites?: readonly string[];
}

export function testResults(namespaces: readonly TestNamespace[]): Uint8Array {
  const encoded = namespaces.flatMap(({ namespace, reads = [], writes = [], metadataWrites = [] }) => {
    const set = message(
      reads.flatMap(({ key, version }) => {
        const at =
          version === undefined
            ? []
            : bytesField(2, message(numberField(1, version[0]), numberField(2, version[1])));
        return bytesField(1, message(bytesField(1, text(key)), at));
      }),
      writes.flatMap(({ key, value }) =>
        bytesField(3, message(bytesField(1, text(key)), bytesField(3, value))),
      ),
      metadataWrites.flatMap((key) => bytesField(4, message(bytesField(1, text(key))))),
    );
    return bytesField(2, message(bytesField(1, text(namespace)), bytesField(2, set)));
  });
  return message(encoded);
}

/** lifecycle.StateData of a chaincode's validation: vscc with a policy of n of these organizations' peers. */
export function testValidationInfo(mspIds: readonly string[], n: number, plugin = 'vscc'): Uint8Array {
  // ApplicationPolicy { 1 SignaturePolicyEnvelope }, which is the value of a common.Policy.
  const policy = peersPolicy(mspIds, n);
  const envelope = policy.subarray(policy.length - policyLength(policy));
  const info = message(bytesField(1, text(plugin)), bytesField(2, message(bytesField(1, envelope))));
  return message(bytesField(2, info));
}

/** Bytes of field 2 of common.Policy { 1 type, 2 value }, which ends the message: 2 bytes of type, then tag and length. */
function policyLength(policy: Uint8Array): number {
  let at = 3;
  while ((policy[at] ?? 0) >= 0x80) at += 1;
  return policy.length - at - 1;
}
