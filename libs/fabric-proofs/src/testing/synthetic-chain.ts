import 'reflect-metadata';
import { createPrivateKey, type KeyObject, sign, webcrypto } from 'node:crypto';
import { common, msp } from '@hyperledger/fabric-protos';
import { X509CertificateGenerator } from '@peculiar/x509';
import { encodeBlockHeader } from '../block';
import { sha256 } from '../digests';
import { isLowS } from '../der';
import { bytesField } from '../wire-writer';

/** An orderer of a chain made for a test, with its key. */
export interface TestConsenter {
  readonly id: number;
  readonly certificate: string;
  readonly key: KeyObject;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const MSP_ID = 'OrdererMSP';
const SIGNATURE_POLICY = 1;
/** Fields of common.ConfigGroup. */
export const GROUPS = 2;
export const VALUES = 3;
export const POLICIES = 4;
const NONCE = Buffer.alloc(24, 7);

export async function testConsenter(id: number): Promise<TestConsenter> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=orderer${id}`,
    keys,
    signingAlgorithm: ALGORITHM,
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return {
    id,
    certificate: certificate.toString('pem'),
    key: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }),
  };
}

function value(bytes: Uint8Array): common.ConfigValue {
  const result = new common.ConfigValue();
  result.setValue(bytes);
  return result;
}

function orderersOf(consenters: readonly TestConsenter[]): common.Orderers {
  const orderers = new common.Orderers();
  for (const { id, certificate } of consenters) {
    const consenter = new common.Consenter();
    consenter.setId(id);
    consenter.setMspId(MSP_ID);
    consenter.setIdentity(Buffer.from(certificate));
    orderers.addConsenterMapping(consenter);
  }
  return orderers;
}

/** n of the consenters, by identity, as configtxgen writes it for BFT. */
function policyOf(consenters: readonly TestConsenter[], n: number): common.ConfigPolicy {
  const rule = new common.SignaturePolicy();
  const nOutOf = new common.SignaturePolicy.NOutOf();
  nOutOf.setN(n);
  const envelope = new common.SignaturePolicyEnvelope();
  consenters.forEach(({ certificate }, index) => {
    const one = new common.SignaturePolicy();
    one.setSignedBy(index);
    nOutOf.addRules(one);
    const identity = new msp.SerializedIdentity();
    identity.setMspid(MSP_ID);
    identity.setIdBytes(Buffer.from(certificate));
    const principal = new msp.MSPPrincipal();
    principal.setPrincipalClassification(msp.MSPPrincipal.Classification.IDENTITY);
    principal.setPrincipal(identity.serializeBinary());
    envelope.addIdentities(principal);
  });
  rule.setNOutOf(nOutOf);
  envelope.setRule(rule);
  const policy = new common.Policy();
  policy.setType(SIGNATURE_POLICY);
  policy.setValue(envelope.serializeBinary());
  const result = new common.ConfigPolicy();
  result.setPolicy(policy);
  return result;
}

function envelopeOf(type: number, data: Uint8Array, channel = ''): Uint8Array {
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(type);
  channelHeader.setChannelId(channel);
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(data);
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  return envelope.serializeBinary();
}

/** What a configuration may have beside its orderers. */
export interface TestApplication {
  readonly channel: string;
  /** common.ConfigGroup of /Channel/Application. */
  readonly group: Uint8Array;
}

/** A ConfigGroup from entries of its maps: field, key, value. */
export function group(
  entries: readonly (readonly [field: number, key: string, value: Uint8Array])[],
): common.ConfigGroup {
  const parts = entries.flatMap(([field, key, bytes]) =>
    bytesField(field, Buffer.concat([...bytesField(1, Buffer.from(key)), ...bytesField(2, bytes)])),
  );
  return common.ConfigGroup.deserializeBinary(Buffer.concat(parts));
}

/** A configuration transaction. */
export function configEnvelope(
  sequence: number,
  consenters: readonly TestConsenter[],
  n: number,
  application?: TestApplication,
): Uint8Array {
  const orderer = group([
    [VALUES, 'Orderers', value(orderersOf(consenters).serializeBinary()).serializeBinary()],
    [POLICIES, 'BlockValidation', policyOf(consenters, n).serializeBinary()],
  ]);
  const channel = group([
    [GROUPS, 'Orderer', orderer.serializeBinary()],
    ...(application === undefined ? [] : [[GROUPS, 'Application', application.group] as const]),
  ]);
  const config = new common.Config();
  config.setSequence(sequence);
  config.setChannelGroup(channel);
  const envelope = new common.ConfigEnvelope();
  envelope.setConfig(config);
  return envelopeOf(common.HeaderType.CONFIG, envelope.serializeBinary(), application?.channel);
}

/** A transaction that is no configuration; what it says does not matter to the chain. */
export function ordinaryEnvelope(): Uint8Array {
  return envelopeOf(common.HeaderType.MESSAGE, Buffer.from('anything'));
}

export function signLow(message: Uint8Array, key: KeyObject): Buffer {
  for (;;) {
    const signature = sign('sha256', message, key);
    if (isLowS(signature)) return signature;
  }
}

/** What goes into a block made for a test. */
export interface TestBlock {
  readonly number: number;
  readonly previousHash: Uint8Array;
  readonly envelopes: readonly Uint8Array[];
  readonly lastConfig: number;
  readonly signers: readonly TestConsenter[];
}

function metadataOf(block: TestBlock, headerBytes: Uint8Array): common.Metadata {
  const lastConfig = new common.LastConfig();
  lastConfig.setIndex(block.lastConfig);
  const ordererMetadata = new common.OrdererBlockMetadata();
  ordererMetadata.setLastConfig(lastConfig);
  const metadata = new common.Metadata();
  const bytes = ordererMetadata.serializeBinary();
  metadata.setValue(bytes);
  for (const { id, key } of block.signers) {
    const identifier = new common.IdentifierHeader();
    identifier.setIdentifier(id);
    identifier.setNonce(NONCE);
    const identifierHeader = identifier.serializeBinary();
    const signature = new common.MetadataSignature();
    signature.setIdentifierHeader(identifierHeader);
    signature.setSignature(signLow(Buffer.concat([bytes, identifierHeader, headerBytes]), key));
    metadata.addSignatures(signature);
  }
  return metadata;
}

/** A signed block's bytes and hash. */
export function makeBlock(block: TestBlock): { bytes: Uint8Array; headerHash: Buffer } {
  const dataHash = sha256(...block.envelopes);
  const headerBytes = encodeBlockHeader({ number: block.number, previousHash: block.previousHash, dataHash });
  const header = new common.BlockHeader();
  header.setNumber(block.number);
  header.setPreviousHash(block.previousHash);
  header.setDataHash(dataHash);
  const data = new common.BlockData();
  data.setDataList([...block.envelopes]);
  const metadata = new common.BlockMetadata();
  metadata.setMetadataList([metadataOf(block, headerBytes).serializeBinary()]);
  const result = new common.Block();
  result.setHeader(header);
  result.setData(data);
  result.setMetadata(metadata);
  return { bytes: result.serializeBinary(), headerHash: sha256(headerBytes) };
}
