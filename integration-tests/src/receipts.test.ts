import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { type Transaction } from '@hyperledger/fabric-gateway';
import { parseReceipt, type ReceiptVerdict } from '@maker-registry/fabric-proofs';
import { generateActorKey, type RegistryClient } from '@maker-registry/sdk';
import {
  eventually,
  fabricClient,
  type FabricClient,
  LedgerActor,
  registryClient,
  runningNetwork,
} from '@maker-registry/testbed';
import { verifyReceiptFile } from '@maker-registry/verifier';
import { registry, run } from './support/commands';
import { http } from './support/http';

const network = runningNetwork();
const genesis = network.file.genesis_hash;

/** A transaction's outcome does not matter here; what matters is that it is on the ledger. */
async function ordered(transaction: Transaction, client: FabricClient): Promise<number> {
  try {
    return (await (await transaction.submit()).getStatus()).code;
  } catch (error) {
    return client.validationCode(transaction.getTransactionId(), error);
  }
}

describe('receipts', () => {
  let client: RegistryClient;
  let fabric: FabricClient;
  let folder: string;

  beforeAll(() => {
    client = registryClient(network);
    fabric = fabricClient(network);
    folder = mkdtempSync(join(tmpdir(), 'receipts-'));
  });
  afterAll(() => {
    client.close();
    fabric.close();
    rmSync(folder, { recursive: true });
  });

  const at = (name: string): string => join(folder, name);

  /** Registers an actor past the gateway: endorsed by these organizations, not submitted yet. */
  async function endorsed(actor: LedgerActor, organizations?: string[]): Promise<Transaction> {
    const { alg, publicKey } = actor.key.signer;
    const call = await actor.call('actor.register', { alg, public_key: publicKey });
    return fabric
      .contract(call.chaincode, call.contract)
      .newProposal(call.function, {
        arguments: call.args,
        ...(organizations === undefined ? {} : { endorsingOrganizations: organizations }),
      })
      .endorse();
  }

  /** Fetches with the command line and verifies with the command line, the latter without any address of a gateway. */
  async function offline(id: string, ...more: readonly string[]): Promise<ReceiptVerdict> {
    const file = at(`${id}${more.join('')}.receipt`);
    const fetched = await registry(network, 'receipt', id, '--out', file, ...more);
    expect({ code: fetched.code, stderr: fetched.stderr }).toEqual({ code: 0, stderr: '' });
    const verified = await run(
      'clients/cli/dist/main.js',
      ['verify', 'receipt', file, '--genesis', genesis],
      {
        REGISTRY_GATEWAY: '',
      },
    );
    expect(verified.code).toBe(0);
    return JSON.parse(verified.stdout) as ReceiptVerdict;
  }

  it('prove a valid transaction, from file and genesis hash alone', async () => {
    const key = generateActorKey();
    const body = { alg: 'ed25519' as const, public_key: key.signer.publicKey };
    const operation = await client.submitIntent('actor.register', body, key);
    const verdict = await offline(operation.tx_id);
    expect(verdict).toMatchObject({ verdict: 'accepted', code: 'RECEIPT_ACCEPTED' });
    expect(verdict.statement).toMatchObject({
      kind: 'attested',
      network: genesis,
      operators: { required: 3, of: 4 },
      transaction: { tx_id: operation.tx_id, valid: true, validation: 'VALID', chaincode: 'registry' },
    });
    const byOperation = await client.receipts.operation(operation.operation_id);
    expect(verifyReceiptFile(byOperation, { genesis }).statement?.transaction?.tx_id).toBe(operation.tx_id);
  });

  it('prove that a transaction lost against another one, and that one was refused for its endorsements', async () => {
    const actor = new LedgerActor(network);
    const [first, second] = [await endorsed(actor), await endorsed(actor)];
    expect([await ordered(first, fabric), await ordered(second, fabric)]).toEqual([0, 11]);
    const lost = await offline(second.getTransactionId());
    expect(lost.statement?.transaction).toMatchObject({ valid: false, validation: 'MVCC_READ_CONFLICT' });
    const lonely = await endorsed(new LedgerActor(network), ['Op1MSP', 'Op2MSP']);
    expect(await ordered(lonely, fabric)).toBe(10);
    const refused = await offline(lonely.getTransactionId(), '--kind', 'block');
    expect(refused.statement).toMatchObject({
      kind: 'block',
      transaction: { valid: false, validation: 'ENDORSEMENT_POLICY_FAILURE' },
      position: { endorsers: [] },
    });
  });

  it('prove a transaction’s place in the chain and its endorsements under the chaincode’s policy', async () => {
    const transaction = new LedgerActor(network);
    const made = await endorsed(transaction);
    expect(await ordered(made, fabric)).toBe(0);
    const verdict = await offline(made.getTransactionId(), '--kind', 'block');
    expect(verdict.code).toBe('RECEIPT_ACCEPTED');
    expect(verdict.statement?.position?.endorsers.length).toBeGreaterThanOrEqual(3);
  });

  it('have the promised size, raw and in brotli, and a core needs the configurations', async () => {
    const key = generateActorKey();
    const body = { alg: 'ed25519' as const, public_key: key.signer.publicKey };
    const { tx_id: id } = await client.submitIntent('actor.register', body, key);
    const core = await client.receipts.transaction(id, { core: true });
    const whole = await client.receipts.transaction(id);
    expect(core.length).toBeLessThanOrEqual(8_192);
    expect(parseReceipt(core).configurations).toHaveLength(0);
    expect(verifyReceiptFile(core, { genesis }).code).toBe('RECEIPT_CONFIGURATION_MISSING');
    expect(verifyReceiptFile(core, { genesis, configurations: whole }).code).toBe('RECEIPT_ACCEPTED');
    const compressed = await fetchBrotli(`/v1/transactions/${id}/receipt?core=true`);
    expect(brotliDecompressSync(compressed).equals(Buffer.from(core))).toBe(true);
    // 3.0 kB as measured; keys and signatures are random, and no two transactions compress to the same size.
    expect(compressed.length).toBeLessThanOrEqual(3_200);
    writeFileSync(
      at('sizes'),
      JSON.stringify({ core: core.length, brotli: compressed.length, whole: whole.length }),
    );
    if (process.env['RECEIPT_SIZES'] !== undefined) process.stderr.write(readFileSync(at('sizes')));
  });

  function fetchBrotli(path: string): Promise<Buffer> {
    const { gateway } = network.file;
    return new Promise((resolve, reject) => {
      const options = {
        ca: readFileSync(network.path(gateway.tls_ca_cert)),
        headers: { 'accept-encoding': 'br' },
      };
      httpsRequest(`${gateway.url}${path}`, options, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          expect(response.headers['content-encoding']).toBe('br');
          resolve(Buffer.concat(parts));
        });
      })
        .on('error', reject)
        .end();
    });
  }

  it('prove a document as the ledger has it, with the transaction that wrote it', async () => {
    const key = generateActorKey();
    const body = { alg: 'ed25519' as const, public_key: key.signer.publicKey };
    const operation = await client.submitIntent('actor.register', body, key);
    const file = at('actor.receipt');
    const words = ['receipt', 'state', 'actors:Get', key.actorId, '--out', file];
    expect(await registry(network, ...words)).toMatchObject({ code: 0 });
    const { code, statement } = verifyReceiptFile(readFileSync(file), { genesis });
    expect(code).toBe('RECEIPT_ACCEPTED');
    expect(statement).toMatchObject({
      transaction: { tx_id: operation.tx_id, valid: true },
      state: { function: 'actors:Get', version: { block: operation.block } },
    });
    const value = Buffer.from(statement?.state?.value ?? '', 'base64').toString('utf8');
    expect(JSON.parse(value)).toMatchObject({ actor_id: key.actorId, status: 'active' });
    const unknown = await http(
      network,
      `/v1/receipts/state?function=actors:Get&arguments=${'ab'.repeat(32)}`,
    );
    expect(unknown).toMatchObject({ json: { code: 'ACTOR_UNKNOWN' } });
    expect((await http(network, '/v1/receipts/state?function=actors:Register&arguments=x')).status).toBe(422);
  });

  it('prove what operators state of the whole ledger up to a block', async () => {
    const file = at('ledger.receipt');
    expect(await registry(network, 'receipt', 'prefix', '--block', '2', '--out', file)).toMatchObject({
      code: 0,
    });
    const { code, statement } = verifyReceiptFile(readFileSync(file), { genesis });
    expect(code).toBe('RECEIPT_ACCEPTED');
    expect(statement?.operators.required).toBeGreaterThanOrEqual(3);
    const { block, validation_codes: codes = [] } = statement?.prefix ?? {};
    expect(block).toBe(2);
    // One transaction or more: how many of the operators' approvals share a block is the orderers' matter.
    expect(codes.length).toBeGreaterThan(0);
    expect(new Set(codes)).toEqual(new Set([0]));
    expect(statement?.prefix?.commit_hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('answer 404 with what is known for a transaction nobody has, and 202 while one is under way', async () => {
    const unknown = await http(network, `/v1/transactions/${'ab'.repeat(32)}/receipt`);
    expect(unknown).toMatchObject({ status: 404, json: { code: 'TRANSACTION_UNKNOWN' } });
    const key = generateActorKey();
    const body = { alg: 'ed25519' as const, public_key: key.signer.publicKey };
    const { operation_id: id } = await client.startEnvelope(
      await client.buildIntent('actor.register', body, key),
    );
    const statuses: number[] = [];
    await eventually('the operation’s receipt', 20_000, async () => {
      const { status } = await http(network, `/v1/operations/${id}/receipt`);
      statuses.push(status);
      return status === 200 ? true : undefined;
    });
    expect(statuses[0]).toBe(202);
  });
});
