import { resultOf } from './testing/expectations';
import { REVIEWERS, termsWith, World } from './testing/world';

describe('reading ahead', () => {
  let world: World;
  let licenseId: string;

  beforeEach(async () => {
    world = await World.begin();
    licenseId = await world.license();
  });

  it('lets most intents do with one round trip to read and one to write', async () => {
    const registered = await world.intent('artifact.register', world.maker, world.registration(licenseId));
    const artifactId = resultOf(registered).id;
    const issued = await world.intent('right.issue', world.maker, world.grant(artifactId, licenseId));
    const suspension = { right_id: resultOf(issued).id, reason_code: 'maker-request' };
    const suspended = await world.intent('right.suspend', world.maker, suspension);
    expect([registered, issued, suspended].map((outcome) => outcome.round_trips)).toEqual([2, 2, 2]);
  });

  it('takes one more where only a document names the next', async () => {
    const rightId = await world.right(termsWith({ max_transfers: 3 }));
    const gift = { right_id: rightId, to: world.buyer.actorId };
    expect((await world.intent('right.gift', world.holder, gift)).round_trips).toBe(3);
  });

  it('covers bulk revocations', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `acme/model-${index}`);
    const entries = [];
    for (const name of names) {
      const subject = {
        subject_type: 'artifact' as const,
        subject_id: await world.artifact(licenseId, 'low', name),
      };
      entries.push({ ...subject, kind: 'hold' as const, reason_code: 'abuse' });
    }
    expect((await world.act('revocation.issue', REVIEWERS[0]!, { entries })).round_trips).toBe(2);
  });

  it('costs a refusal nothing but the reading', async () => {
    const outcome = await world.intent('artifact.register', world.maker, world.registration('00'.repeat(32)));
    expect(outcome.error).toBeDefined();
    expect(outcome.round_trips).toBe(1);
  });
});
