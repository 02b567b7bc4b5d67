import { fromBase64, serializeEnvelope, toBase64, type Envelope } from '@maker-registry/protocol';
import { buildSignedIntent } from '@maker-registry/sdk';
import {
  fabricClient,
  intentCall,
  LedgerActor,
  organization,
  refusal,
  runningNetwork,
  submit,
  type FabricClient,
  type ContractCall,
} from '@maker-registry/testbed';
import { licenseBody } from './support/documents';

const network = runningNetwork();
const { chaincode } = network.file;
const operators = network.file.organizations.filter((candidate) => candidate.role === 'operator');

describe('any operator can relay an intent and none can touch it', () => {
  const clients = new Map<string, FabricClient>();
  const actor = new LedgerActor(network);
  const client = (operator = 'op1') => clients.get(operator)!;
  const send = (call: ContractCall, operator = 'op1') => submit(client(operator), call);
  const define = (envelope: Envelope, operator = 'op1') => {
    const call = intentCall(network, 'license.define', envelope);
    return send(call, operator);
  };

  beforeAll(async () => {
    for (const operator of operators) clients.set(operator.name, fabricClient(network, operator.name));
    await actor.register(client());
  });
  afterAll(() => {
    for (const open of clients.values()) open.close();
  });

  it.each(operators.map((operator) => operator.name))('takes an intent through %s', async (operator) => {
    await define(await actor.intent('license.define', licenseBody(`relayed-by-${operator}`)), operator);
  });

  it('refuses an intent with one byte of its payload changed', async () => {
    const envelope = await actor.intent('license.define', licenseBody('altered'));
    const text = Buffer.from(fromBase64(envelope.payload)!).toString('utf8').replace('altered', 'elterad');
    const altered = { ...envelope, payload: toBase64(Buffer.from(text)) };
    expect(await refusal(define(altered, 'op2'))).toBe('SIGNATURE_INVALID');
  });

  it('refuses an intent with one bit of its signature changed', async () => {
    const envelope = await actor.intent('license.define', licenseBody('bit'));
    const [signature] = envelope.signatures;
    const bytes = Buffer.from(signature!.sig, 'base64');
    bytes[40]! ^= 1;
    const altered = { ...envelope, signatures: [{ ...signature!, sig: bytes.toString('base64') }] };
    expect(await refusal(define(altered))).toBe('SIGNATURE_INVALID');
  });

  it('refuses the same intent a second time, through whichever operator', async () => {
    const envelope = await actor.intent('license.define', licenseBody('once'));
    await define(envelope, 'op1');
    for (const operator of operators)
      expect(await refusal(define(envelope, operator.name))).toBe('INTENT_REPLAYED');
  });

  it('refuses an intent that was signed for another network', async () => {
    const foreign = await buildSignedIntent(
      '11'.repeat(32),
      'license.define',
      licenseBody('foreign'),
      actor.key,
    );
    expect(await refusal(define(foreign))).toBe('INTENT_WRONG_NETWORK');
  });

  it('refuses an expired intent', async () => {
    const envelope = await buildSignedIntent(
      network.file.genesis_hash,
      'license.define',
      licenseBody('late'),
      actor.key,
      {
        nowMs: Date.now() - 86_400_000,
      },
    );
    expect(await refusal(define(envelope))).toBe('INTENT_EXPIRED');
  });

  it('refuses an intent that an operator invented for an actor', async () => {
    const inventor = new LedgerActor(network);
    const invented = await buildSignedIntent(
      network.file.genesis_hash,
      'license.define',
      licenseBody('invented'),
      {
        actorId: actor.id,
        signer: inventor.key.signer,
      },
    );
    expect(await refusal(define(invented))).toBe('KEY_NOT_CURRENT');
  });

  it('refuses an invented intent that borrows the name of the real key', async () => {
    const inventor = new LedgerActor(network);
    const real = await actor.intent('license.define', licenseBody('borrowed'));
    const invented = await buildSignedIntent(
      network.file.genesis_hash,
      'license.define',
      licenseBody('borrowed-2'),
      {
        actorId: actor.id,
        signer: inventor.key.signer,
      },
    );
    const forged = {
      ...invented,
      signatures: [{ keyid: real.signatures[0]!.keyid, sig: invented.signatures[0]!.sig }],
    };
    expect(await refusal(define(forged))).toBe('SIGNATURE_INVALID');
  });

  it('refuses an intent carried to a function it was not made for', async () => {
    const envelope = await actor.intent('license.define', licenseBody('elsewhere'));
    const carried = { chaincode, contract: 'rights', function: 'Issue', args: [serializeEnvelope(envelope)] };
    expect(await refusal(send(carried))).toBe('INTENT_TYPE_MISMATCH');
  });

  it('does not commit what fewer operators than a majority endorsed', async () => {
    const call = await actor.call('license.define', licenseBody('minority'));
    const contract = client().contract(chaincode, call.contract);
    const minority = [organization(network, 'op1').msp_id, organization(network, 'op2').msp_id];
    const transaction = await contract
      .newProposal(call.function, { arguments: call.args, endorsingOrganizations: minority })
      .endorse();
    const status = await (await transaction.submit()).getStatus();
    expect(status.successful).toBe(false);
    // ENDORSEMENT_POLICY_FAILURE of Fabric's TxValidationCode.
    expect(status.code).toBe(10);
    // Nothing was written, so the actor's intent is still good with a majority.
    await send(call);
  });
});
