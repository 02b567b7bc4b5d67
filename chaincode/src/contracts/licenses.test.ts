import { refusalCode, resultOf } from '../testing/expectations';
import { callerOf } from '../testing/scenario';
import { OPEN_TERMS, termsWith, World } from '../testing/world';

describe('licenses', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.begin();
  });

  it('defines terms under an id that covers them', async () => {
    const id = await world.license();
    const { result } = await world.call('licenses:Get', [id]);
    expect(JSON.parse(result ?? '')).toMatchObject({ license_id: id, terms: OPEN_TERMS });
  });

  it('gives equal terms of another licensor another id', async () => {
    expect(await world.license()).not.toBe(await world.license(OPEN_TERMS, world.buyer));
  });

  it('refuses equal terms of one licensor twice', async () => {
    await world.license();
    const outcome = await world.intent('license.define', world.maker, {
      name: 'Other name',
      terms: OPEN_TERMS,
    });
    expect(refusalCode(outcome)).toBe('LICENSE_EXISTS');
  });

  it('refuses a resale royalty where nothing may be resold', async () => {
    const terms = termsWith({ resale: false });
    const outcome = await world.intent('license.define', world.maker, { name: 'Terms', terms });
    expect(refusalCode(outcome)).toBe('LICENSE_VIOLATION');
  });

  it('refuses a licensor who is barred from licensing', async () => {
    const scope = { actions: ['license' as const] };
    const subject = { subject_type: 'actor' as const, subject_id: world.maker.actorId };
    const entries = [{ ...subject, kind: 'narrow' as const, reason_code: 'abuse', scope }];
    resultOf(await world.act('revocation.issue', callerOf('Op1MSP', 'ca-admin'), { entries }));
    const outcome = await world.intent('license.define', world.maker, { name: 'Terms', terms: OPEN_TERMS });
    expect(refusalCode(outcome)).toBe('ACTOR_BANNED');
  });

  it('refuses to show what nobody defined', async () => {
    expect(refusalCode(await world.call('licenses:Get', ['66'.repeat(32)]))).toBe('LICENSE_UNKNOWN');
  });
});
