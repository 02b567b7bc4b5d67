import { creditOf, replaySettlement, type LayerFacts, type Settlement } from '@maker-registry/protocol';
import { submit } from '../play/desk';
import type { Scene, Step } from '../play/step';
import { made, type Story } from '../play/story';

const PRICE = '100000';

export const settleSale: Step = {
  title: 'A sale of the last picture is settled across all three makers',
  run: async (scene) => {
    const { story } = scene;
    const [painting, remix, animation] = made(story, 'pictures');
    if (painting === undefined || remix === undefined || animation === undefined)
      throw new Error('A picture is missing');
    const key = (picture: typeof painting) => ({
      model_ref: picture.modelRef,
      content_hash: picture.contentHash,
    });
    const { result } = await submit(scene, made(story, 'platform'), 'settlement.settle', {
      ...key(animation),
      amount: PRICE,
      currency: 'EUR',
      settlement_ref: `invoice ${story.run}`,
      mode: 'strict',
      lineage_hint: [key(remix), key(painting)],
    });
    const settlement = await story.registry.read.royalties.settlement(result.id, { minHeight: 'own' });
    story.made.settlementId = settlement.settlement_id;
    tellOf(scene, settlement);
    const facts = await factsOf(story, settlement);
    const verdict = replaySettlement(settlement, facts);
    scene.check('recomputed from records and policies alone, it agrees to the unit', verdict.agrees, verdict);
  },
};

function tellOf(scene: Scene, settlement: Settlement): void {
  const { story } = scene;
  const shares = made(story, 'studios').map(({ owner }) => ({
    name: owner.name,
    amount: creditOf(settlement, owner.key.actorId).amount,
  }));
  const parts = shares.map(({ name, amount }) => `${name} ${amount}`).join(' + ');
  scene.tell(`${PRICE} cents = safety fund ${settlement.fee.amount} + ${parts}`);
  scene.fact('settlement', settlement);
  const sum = shares.reduce((total, { amount }) => total + amount, BigInt(settlement.fee.amount));
  scene.check('the parts of three makers and the fee sum to the price', sum === BigInt(PRICE), String(sum));
  scene.check(
    'every maker of the lineage is paid',
    shares.every(({ amount }) => amount > 0n),
  );
  scene.highlight(`One sale of ${PRICE} cents paid three makers: ${parts}.`);
}

/** The ledger facts behind a settlement, each read for itself. */
async function factsOf({ registry }: Story, { layers }: Settlement): Promise<LayerFacts[]> {
  const { provenance, royalties } = registry.read;
  return Promise.all(
    layers.map(async ({ model_ref: ref, content_hash: hash, policy_version: version }) => ({
      record: await provenance.record(ref, hash),
      policy: version === 0 ? undefined : await royalties.policyVersion(ref, hash, version),
      owner: (await provenance.model(ref)).owner,
    })),
  );
}
