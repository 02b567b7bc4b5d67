import { modelReference, type RecordClaim } from '@maker-registry/protocol';
import {
  generateAttestationKey,
  isEnded,
  schemeBody,
  type CommittedOperation,
  type RegistryClient,
} from '@maker-registry/sdk';
import {
  fabricClient,
  fabricIdentity,
  intentCall,
  registryClient,
  runningNetwork,
  submit,
} from '@maker-registry/testbed';
import { sha256 } from './support/documents';
import { ledgerHeight, ledgerTransactions } from './support/ledger';
import { refused } from './support/refused';
import { freshName, registeredActor } from './support/world';
import { paramsDocument, SCHEME_ID, Studio } from './support/studio';

const network = runningNetwork();
const UNKNOWN = 'ab'.repeat(32);

describe('provenance on the real network', () => {
  let client: RegistryClient;
  let studio: Studio;

  beforeAll(async () => {
    client = registryClient(network);
    studio = await Studio.open(client);
  });
  afterAll(() => {
    client.close();
  });

  /** Submits claims and follows the operation to its refusal: its code, and the item that was named. */
  async function refusedRecord(...records: readonly RecordClaim[]): Promise<string> {
    const envelope = await client.buildIntent('record.register', { records }, studio.owner);
    const started = await client.startEnvelope(envelope);
    const code = await refused(client.followOperation(started, 30));
    const operation = await client.operation(started.operation_id);
    expect(isEnded(operation)).toBe(true);
    expect(operation).toMatchObject({ status: 'refused', code });
    return code;
  }

  describe('what the ledger refuses, through REST, kept as a refused operation', () => {
    it('RECORD_ALREADY_EXISTS (RecordAlreadyExists)', async () => {
      const content = freshName('twice');
      await studio.record(await studio.claim(content));
      expect(await refusedRecord(await studio.claim(content))).toBe('RECORD_ALREADY_EXISTS');
    });
    it('INVALID_SIG (InvalidSignature)', async () => {
      const forged = await studio.claim(freshName('forged'), {}, generateAttestationKey());
      expect(await refusedRecord(forged)).toBe('INVALID_SIG');
    });
    it('MODEL_UNKNOWN (UnknownModel)', async () => {
      expect(await refusedRecord(await studio.claim(freshName('x'), { model_ref: UNKNOWN }))).toBe(
        'MODEL_UNKNOWN',
      );
    });
    it('SCHEME_UNKNOWN (UnknownScheme)', async () => {
      expect(await refusedRecord(await studio.claim(freshName('x'), { scheme_ref: UNKNOWN }))).toBe(
        'SCHEME_UNKNOWN',
      );
    });
    it('SCHEME_MODEL_MISMATCH (SchemeModelMismatch)', async () => {
      const other = await Studio.open(client);
      const claim = await studio.claim(freshName('x'), { scheme_ref: other.schemeRef });
      expect(await refusedRecord(claim)).toBe('SCHEME_MODEL_MISMATCH');
    });
    it('PARENT_INVALID (InvalidParentHash)', async () => {
      const content = freshName('self');
      expect(await refusedRecord(await studio.claim(content, { parent_hash: sha256(content) }))).toBe(
        'PARENT_INVALID',
      );
    });
    it('INVALID_TIMESTAMP (InvalidTimestamp)', async () => {
      const { timestamp } = await studio.claim('any');
      expect(await refusedRecord(await studio.claim(freshName('x'), { timestamp: timestamp + 900 }))).toBe(
        'INVALID_TIMESTAMP',
      );
    });
    it('UNSUPPORTED_SCHEMA_VERSION (UnsupportedSchemaVersion)', async () => {
      const claim = { ...(await studio.claim(freshName('x'))), schema_version: 2 };
      expect(await refusedRecord(claim)).toBe('UNSUPPORTED_SCHEMA_VERSION');
    });
    it('MODEL_FROZEN (ModelFrozen)', async () => {
      const other = await Studio.open(client);
      await client.submitIntent('model.freeze', { model_ref: other.modelRef }, other.owner);
      const rotation = await other.rotationBody(generateAttestationKey());
      expect(await refused(client.submitIntent('model.rotate', rotation, other.owner))).toBe('MODEL_FROZEN');
      await other.record(await other.claim(freshName('frozen')));
    });
    it('PARENT_NOT_FOUND (ParentNotFound), where a settlement asks for a whole lineage', async () => {
      const claim = await studio.claim(freshName('orphan'), { parent_hash: sha256(freshName('nobody')) });
      await studio.record(claim);
      const request = {
        model_ref: claim.model_ref,
        content_hash: claim.content_hash,
        amount: '100',
        currency: 'EUR',
        settlement_ref: freshName('invoice'),
        mode: 'strict' as const,
      };
      expect(await refused(client.submitIntent('settlement.settle', request, studio.owner))).toBe(
        'PARENT_NOT_FOUND',
      );
    });
    it('SCHEME_MISMATCH: a document that is not the committed one', async () => {
      const body = schemeBody(
        studio.modelRef,
        'https://schemes.example/v2.json',
        paramsDocument('stripes-v2'),
      );
      const swapped = { ...(paramsDocument('stripes-v2') as object), params: { strength: 4 } };
      const forged = { ...body, params_document: swapped };
      expect(await refused(client.submitIntent('scheme.register', forged, studio.owner))).toBe(
        'SCHEME_MISMATCH',
      );
    });
    it('nothing of a refused record is read afterwards', async () => {
      const content = freshName('forged');
      await refusedRecord(await studio.claim(content, {}, generateAttestationKey()));
      expect(await refused(client.read.provenance.record(studio.modelRef, sha256(content)))).toBe(
        'NOT_FOUND',
      );
    });
  });

  describe('a rotation that is ordered first', () => {
    it('makes a record that was endorsed before it fail, visibly invalid in the mirror', async () => {
      const racing = await Studio.open(client);
      const peer = fabricClient(network);
      try {
        const content = freshName('race');
        const envelope = await client.buildIntent(
          'record.register',
          { records: [await racing.claim(content)] },
          racing.owner,
        );
        const call = intentCall(network, 'record.register', envelope);
        const endorsed = await peer
          .contract(call.chaincode, call.contract)
          .newProposal(call.function, { arguments: call.args })
          .endorse();
        const rotation = await racing.rotationBody(generateAttestationKey());
        const rotated = await client.submitIntent('model.rotate', rotation, racing.owner);
        const txId = endorsed.getTransactionId();
        const code = await endorsed
          .submit()
          .then(async (sent) => (await sent.getStatus()).code)
          .catch(async (error: unknown) => peer.validationCode(txId, error));
        // TxValidationCode.MVCC_READ_CONFLICT
        expect(code).toBe(11);
        const minHeight = (await ledgerHeight(network)) - 1;
        const seen = await client.read.transaction(txId, { minHeight });
        expect(seen).toMatchObject({ validation_code: 'MVCC_READ_CONFLICT', intent_type: 'record.register' });
        expect(Number(seen['block'])).toBeGreaterThanOrEqual(rotated.block);
        expect(await refused(client.read.provenance.record(racing.modelRef, sha256(content)))).toBe(
          'NOT_FOUND',
        );
        // Endorsed anew it meets the new key.
        expect(await refused(client.submitEnvelope(envelope))).toBe('INVALID_SIG');
      } finally {
        peer.close();
      }
    });

    it('races a rotation and records in any order: a record counts under the key it names, or not at all', async () => {
      const racing = await Studio.open(client);
      const peer = fabricClient(network);
      try {
        const next = generateAttestationKey();
        const rotation = await client.buildIntent(
          'model.rotate',
          await racing.rotationBody(next),
          racing.owner,
        );
        const contents = Array.from({ length: 8 }, () => freshName('race'));
        const claims = await Promise.all(contents.map(async (content) => racing.claim(content)));
        const records = await Promise.all(
          claims.map(async (claim) =>
            client.buildIntent('record.register', { records: [claim] }, racing.owner),
          ),
        );
        const from = await ledgerHeight(network);
        const calls = records.map((envelope) => intentCall(network, 'record.register', envelope));
        const middle = intentCall(network, 'model.rotate', rotation);
        const all = [...calls.slice(0, 4), middle, ...calls.slice(4)];
        await Promise.allSettled(all.map((call) => submit(peer, call)));
        const ledger = await ledgerTransactions(network, { from, to: await ledgerHeight(network) });
        const rotated = ledger.findIndex((transaction) => transaction.function === 'models:Rotate');
        expect(rotated).toBeGreaterThanOrEqual(0);
        const after = ledger
          .slice(rotated)
          .filter((transaction) => transaction.function === 'records:Register');
        expect(after).toEqual([]);
      } finally {
        peer.close();
      }
    });
  });

  describe('batches', () => {
    it('of 200 records are one transaction', async () => {
      const names = Array.from({ length: 200 }, (_unused, n) => `${freshName('batch')}-${n}`);
      const claims = await Promise.all(names.map(async (name) => studio.claim(name)));
      const made: CommittedOperation = await studio.record(...claims);
      expect(made.result).toMatchObject({ type: 'record', count: 200 });
      const last = await client.read.provenance.record(studio.modelRef, sha256(names.at(-1) ?? ''), {
        minHeight: made.block,
      });
      expect(last.recorded.tx_id).toBe(made.tx_id);
    });

    it('fail as a whole, naming the item', async () => {
      const names = Array.from({ length: 20 }, () => freshName('batch'));
      const claims = await Promise.all(names.map(async (name) => studio.claim(name)));
      const bad = { ...(claims[13] ?? (await studio.claim('none'))), nonce: UNKNOWN };
      const submitted = studio.record(...claims.map((claim, n) => (n === 13 ? bad : claim)));
      await expect(submitted).rejects.toMatchObject({ code: 'INVALID_SIG', subject: '/body/records/13' });
      expect(await refused(client.read.provenance.record(studio.modelRef, sha256(names[0] ?? '')))).toBe(
        'NOT_FOUND',
      );
    });
  });

  describe('reads', () => {
    it('tell history at every version', async () => {
      const old = await Studio.open(client);
      const first = await client.read.provenance.model(old.modelRef, { minHeight: 'own' });
      await client.submitIntent(
        'model.rotate',
        await old.rotationBody(generateAttestationKey('bip340')),
        old.owner,
      );
      const second = await client.read.provenance.model(old.modelRef, { minHeight: 'own' });
      expect([first.version, second.version, second.keys.length]).toEqual([1, 2, 2]);
      expect(await client.read.provenance.modelVersion(old.modelRef, 1)).toEqual(first);
      const scheme = await client.read.provenance.scheme(old.schemeRef);
      await client.submitIntent(
        'scheme.mark',
        { scheme_ref: old.schemeRef, status: 'deprecated' },
        old.owner,
      );
      expect(await client.read.provenance.schemeVersion(old.schemeRef, 1, { minHeight: 'own' })).toEqual(
        scheme,
      );
    });

    it('find a record by its watermark payload and by its content', async () => {
      const claim = await studio.claim(freshName('marked'));
      await studio.record(claim);
      const query = { scheme_ref: claim.scheme_ref, payload: claim.nonce.slice(0, 16) };
      const found: string[] = [];
      for await (const one of client.read.provenance.records(query, { minHeight: 'own' })) {
        found.push(one.content_hash);
      }
      expect(found).toEqual([claim.content_hash]);
      const byContent: string[] = [];
      for await (const one of client.read.provenance.records({ content_hash: claim.content_hash })) {
        byContent.push(one.nonce);
      }
      expect(byContent).toEqual([claim.nonce]);
    });

    it('walk a lineage of makers up and down', async () => {
      const other = await Studio.open(client, 'es256');
      const root = await studio.recorded();
      const middle = await other.recorded(root);
      const leaf = await studio.recorded(middle);
      const up = await client.read.provenance.lineage(
        leaf.model_ref,
        leaf.content_hash,
        {},
        { minHeight: 'own' },
      );
      expect(up).toMatchObject({ depth: 2, incomplete: false, cycle: false });
      expect(up.items.map(({ content_hash }) => content_hash)).toEqual([
        middle.content_hash,
        root.content_hash,
      ]);
      const down = await client.read.provenance.lineage(root.model_ref, root.content_hash, {
        direction: 'down',
      });
      expect(down.items.map(({ content_hash }) => content_hash)).toEqual([
        middle.content_hash,
        leaf.content_hash,
      ]);
    });

    it('derive every id offline', async () => {
      const owner = await registeredActor(client);
      const modelId = freshName('offline');
      const expected = modelReference(owner.actorId, modelId);
      expect(await refused(client.read.provenance.model(expected))).toBe('MODEL_UNKNOWN');
      expect(SCHEME_ID).toBe('stripes-v1');
    });
  });

  it('keeps personal data and documents away from the ledger', async () => {
    const to = await ledgerHeight(network);
    const ledger = await ledgerTransactions(network, { from: 0, to });
    const schemes = ledger.filter((transaction) => transaction.function === 'schemes:Register');
    expect(schemes.length).toBeGreaterThan(0);
    for (const { writes } of schemes) expect(JSON.stringify(writes)).not.toContain('detector_spec');
  });

  it('takes the regulator’s dispute and nobody else’s', async () => {
    const key = await studio.recorded();
    await studio.policy(key);
    const auditor = fabricIdentity(network, 'op1', 'platform');
    expect(await refused(client.performAct('policy.dispute', key, auditor))).toBe('ROLE_MISSING');
  });
});
