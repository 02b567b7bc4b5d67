import {
  canonicalize,
  divideOverLineage,
  replaySettlement,
  settlementId,
  simulateSettlement,
  type LayerFacts,
  type RecordKey,
  type Settlement,
} from '@maker-registry/protocol';
import type { RegistryClient, SoftwareActorKey } from '@maker-registry/sdk';
import {
  fabricClient,
  fabricIdentity,
  intentCall,
  registryClient,
  runningNetwork,
  submit,
} from '@maker-registry/testbed';
import { ledgerHeight } from './support/ledger';
import { refused } from './support/refused';
import { freshName, registeredActor } from './support/world';
import { settlementRequest, Studio, termsFor } from './support/studio';

const network = runningNetwork();
const INSTRUCTION = 'cc'.repeat(32);

describe('royalties on the real network', () => {
  let client: RegistryClient;
  let payer: SoftwareActorKey;

  beforeAll(async () => {
    client = registryClient(network);
    payer = await registeredActor(client, 'es256');
  });
  afterAll(() => {
    client.close();
  });

  const own = { minHeight: 'own' as const };

  async function settled(
    key: RecordKey,
    changes: Parameters<typeof settlementRequest>[1] = {},
  ): Promise<Settlement> {
    const made = await client.submitIntent('settlement.settle', settlementRequest(key, changes), payer);
    return client.read.royalties.settlement(made.result.id, own);
  }

  /** The facts of a settlement, read one by one: records, policy versions, owners. */
  async function factsOf({ layers }: Settlement): Promise<LayerFacts[]> {
    return Promise.all(
      layers.map(async ({ model_ref: ref, content_hash: hash, policy_version: version }) => ({
        record: await client.read.provenance.record(ref, hash),
        policy: version === 0 ? undefined : await client.read.royalties.policyVersion(ref, hash, version),
        owner: (await client.read.provenance.model(ref)).owner,
      })),
    );
  }

  it('a sale over three makers: divided, replayed to the unit, equal to the simulation', async () => {
    const studios = await Promise.all([
      Studio.open(client),
      Studio.open(client, 'es256'),
      Studio.open(client, 'bip340'),
    ]);
    const [one, two, three] = studios;
    const root = await one.recorded();
    const middle = await two.recorded(root);
    const leaf = await three.recorded(middle);
    await one.policy(root, termsFor(one.owner.actorId, { derivative_royalty_bps: 500 }));
    await two.policy(middle, termsFor(two.owner.actorId, { derivative_royalty_bps: 1_000 }));
    await three.policy(leaf, termsFor(three.owner.actorId));
    const settlement = await settled(leaf, { lineage_hint: [middle, root] });
    expect(replaySettlement(settlement, await factsOf(settlement))).toEqual({
      agrees: true,
      differences: [],
    });
    const simulated = simulateSettlement({
      amount: settlement.amount,
      currency: settlement.currency,
      fee_bps: settlement.fee.bps,
      mode: settlement.mode,
      records: [three, two, one].map((studio, layer) => ({
        beneficiaries: [studio.owner.actorId],
        shares_bps: [10_000],
        derivative_royalty_bps: [1_000, 1_000, 500][layer],
        max_depth: 64,
      })),
    });
    expect(simulated.fee).toBe(settlement.fee.amount);
    const allocations: Record<string, string> = {};
    for await (const line of client.read.royalties.allocations(settlement.settlement_id)) {
      if (line.layer !== undefined) allocations[line.beneficiary] = line.amount;
    }
    expect(canonicalize(allocations)).toBe(canonicalize({ ...simulated.payouts }));

    const credits: string[] = [];
    for await (const credit of client.read.royalties.credits(three.owner.actorId, 'EUR', { state: 'open' })) {
      credits.push(credit.source);
    }
    expect(credits).toEqual([settlement.settlement_id]);
    const order = { currency: 'EUR', credits, amount: '5000', instruction_commitment: INSTRUCTION };
    const withdrawn = await client.submitIntent('vault.withdraw', order, three.owner);
    const vault = await client.read.royalties.vault(three.owner.actorId, 'EUR', own);
    const share = simulated.payouts[three.owner.actorId] ?? '0';
    expect(vault).toMatchObject({
      collected: share,
      withdrawn: '5000',
      balance: String(BigInt(share) - 5000n),
    });
    expect(await refused(client.submitIntent('vault.withdraw', order, three.owner))).toBe('CREDIT_COLLECTED');
    const admin = fabricIdentity(network, 'op1', 'admin');
    const report = {
      withdrawal_id: withdrawn.result.id,
      status: 'paid' as const,
      evidence_digest: INSTRUCTION,
    };
    await client.performAct('payout.report', report, admin);
    expect((await client.read.royalties.withdrawal(withdrawn.result.id, own)).status).toBe('paid');
  });

  it('two hundred settlements into one vault at once: no conflict, every unit collected', async () => {
    const studio = await Studio.open(client);
    const key = await studio.recorded();
    await studio.policy(key);
    const requests = Array.from({ length: 200 }, (_unused, n) =>
      settlementRequest(key, { amount: String(1_000 + n) }),
    );
    const calls = await Promise.all(
      requests.map(async (request) =>
        intentCall(
          network,
          'settlement.settle',
          await client.buildIntent('settlement.settle', request, payer),
        ),
      ),
    );
    const peer = fabricClient(network);
    try {
      // Straight to a peer, where nothing is tried again: any MVCC or phantom conflict would reject here.
      const outcomes = await Promise.allSettled(calls.map((call) => submit(peer, call)));
      expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
    } finally {
      peer.close();
    }
    const minHeight = (await ledgerHeight(network)) - 1;
    const sources: string[] = [];
    for await (const credit of client.read.royalties.credits(
      studio.owner.actorId,
      'EUR',
      { state: 'open' },
      { minHeight },
    )) {
      sources.push(credit.source);
    }
    expect(sources.sort()).toEqual(
      requests.map(({ settlement_ref: ref }) => settlementId(payer.actorId, ref)).sort(),
    );
    await client.submitIntent('vault.collect', { currency: 'EUR', credits: sources }, studio.owner);
    const vault = await client.read.royalties.vault(studio.owner.actorId, 'EUR', own);
    const owed = requests.map(({ amount }) => {
      const { fee } = divideOverLineage(BigInt(amount), 10, [{ ...key, policy: undefined, owner: 'x' }]);
      return BigInt(amount) - fee;
    });
    const fees = await Promise.all(
      sources.map(async (id) => BigInt((await client.read.royalties.settlement(id)).fee.amount)),
    );
    const paid = requests.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
    expect(BigInt(vault.balance) + fees.reduce((sum, fee) => sum + fee, 0n)).toBe(paid);
    expect(owed).toHaveLength(200);
  });

  it('a lineage of 64 ancestors', async () => {
    const studio = await Studio.open(client);
    const claims = [];
    let parent: string | undefined;
    for (let n = 0; n <= 65; n += 1) {
      const changes = parent === undefined ? {} : { parent_hash: parent };
      const claim = await studio.claim(freshName('generation'), changes);
      claims.push(claim);
      parent = claim.content_hash;
    }
    await studio.record(...claims);
    const leaf = claims.at(-1);
    const settlement = await settled({ model_ref: studio.modelRef, content_hash: leaf?.content_hash ?? '' });
    expect(settlement.lineage).toEqual({ depth: 64, incomplete: false, cycle: false });
    expect(replaySettlement(settlement, await factsOf(settlement)).agrees).toBe(true);
  });

  it('a cycle, and a revoked ancestor in the middle', async () => {
    const studio = await Studio.open(client);
    const first = await studio.claim(freshName('a'));
    const second = await studio.claim(freshName('b'), { parent_hash: first.content_hash });
    const closing = await studio.claim(freshName('c'), { parent_hash: second.content_hash });
    // A content that names as parent what will name it: signed before either is recorded.
    const a = freshName('cycle');
    const b = await studio.claim(freshName('cycle'), { parent_hash: (await studio.claim(a)).content_hash });
    const aClaim = await studio.claim(a, { parent_hash: b.content_hash });
    await studio.record(first, second, closing, b, aClaim);
    const cyclic = await settled({ model_ref: studio.modelRef, content_hash: b.content_hash });
    expect(cyclic.lineage).toEqual({ depth: 1, incomplete: false, cycle: true });

    const key = (claim: { content_hash: string }): RecordKey => ({
      model_ref: studio.modelRef,
      content_hash: claim.content_hash,
    });
    for (const claim of [first, second]) await studio.policy(key(claim));
    await client.submitIntent('policy.mark', { ...key(second), status: 'revoked' }, studio.owner);
    const settlement = await settled(key(closing));
    expect(settlement.layers.map(({ claim_bps, status }) => [claim_bps, status])).toEqual([
      [0, 'active'],
      [0, 'revoked'],
      [1_000, 'active'],
    ]);
    expect(replaySettlement(settlement, await factsOf(settlement)).agrees).toBe(true);
  });

  it('a stream settles window by window; totals and ranges can be asked for', async () => {
    const studio = await Studio.open(client);
    const key = await studio.recorded();
    const opening = {
      ...key,
      stream_ref: freshName('subscription'),
      currency: 'EUR',
      mode: 'permissive' as const,
      starts_at: 1_700_000_000,
      window_s: 3_600,
    };
    const opened = await client.submitIntent('stream.open', opening, payer);
    const id = opened.result.id;
    for (const [window, amount] of ['100', '0', '250'].entries()) {
      await client.submitIntent('stream.settle', { stream_id: id, window, amount }, payer);
    }
    const all = await client.read.royalties.streamWindows(id, {}, own);
    expect(all).toMatchObject({ sum: '350', cumulative: '350' });
    const range = await client.read.royalties.streamWindows(id, { from: 1, to: 2 });
    expect(range).toMatchObject({ sum: '250', cumulative: '350' });
    const again = client.submitIntent('stream.settle', { stream_id: id, window: 1, amount: '1' }, payer);
    expect(await refused(again)).toBe('WINDOW_INVALID');
  });

  it('shares of proceeds change hands without losing or making a unit', async () => {
    const studio = await Studio.open(client);
    const buyer = await registeredActor(client);
    const issue = await client.submitIntent(
      'shares.issue',
      { name: freshName('shares'), supply: '3' },
      studio.owner,
    );
    const id = issue.result.id;
    const key = await studio.recorded();
    await studio.policy(key, termsFor(id));
    await client.submitIntent('policy.freeze', key, studio.owner);
    await client.submitIntent(
      'shares.transfer',
      { shares_id: id, to: buyer.actorId, units: '1' },
      studio.owner,
    );
    const settlement = await settled(key, { amount: '1000' });
    const collection = { shares_id: id, currency: 'EUR', credits: [settlement.settlement_id] };
    await client.submitIntent('shares.collect', collection, payer);
    await client.submitIntent('shares.claim', { shares_id: id, currency: 'EUR' }, buyer);
    await client.submitIntent('shares.claim', { shares_id: id, currency: 'EUR' }, studio.owner);
    const again = client.submitIntent('shares.claim', { shares_id: id, currency: 'EUR' }, buyer);
    expect(await refused(again)).toBe('NOTHING_DUE');
    const total = BigInt((await client.read.royalties.shareIssue(id, own)).totals['EUR'] ?? '0');
    const amounts = await Promise.all(
      [buyer, studio.owner].map(async ({ actorId }) => {
        const { open } = await client.read.royalties.creditTotals(actorId, 'EUR');
        return BigInt(open);
      }),
    );
    const [bought = 0n, kept = 0n] = amounts;
    expect([bought, kept]).toEqual([total / 3n, (total * 2n) / 3n]);
  });

  it.each(['1e3', '-1', '01', '1000000000000000000000000000001'])('refuses the amount %s', async (amount) => {
    const studio = await Studio.open(client);
    const key = await studio.recorded();
    const request = settlementRequest(key, { amount });
    expect(await refused(client.submitIntent('settlement.settle', request, payer))).toBe('AMOUNT_INVALID');
  });

  it('holds a disputed part until the regulator settles the dispute', async () => {
    const studio = await Studio.open(client);
    const key = await studio.recorded();
    await studio.policy(key);
    const admin = fabricIdentity(network, 'op2', 'admin');
    await client.performAct('policy.dispute', key, admin);
    const settlement = await settled(key);
    expect(settlement.suspended).toMatchObject([{ layer: 0, reason: 'disputed' }]);
    const release = { settlement_id: settlement.settlement_id, layer: 0, reason: 'disputed' as const };
    expect(await refused(client.submitIntent('suspense.release', release, payer))).toBe('SUSPENSE_HELD');
    await client.performAct('policy.settle-dispute', key, admin);
    await client.submitIntent('suspense.release', release, payer);
    const { open } = await client.read.royalties.creditTotals(studio.owner.actorId, 'EUR', own);
    expect(open).toBe(settlement.layers[0]?.amount);
  });
});
