import fc from 'fast-check';
import { type RevocationEntry } from '../domain/act-arguments';
import { ledgerKeys } from '../domain/ledger';
import { type Parameters } from '../domain/parameters';
import { proposalId } from '../identifiers';
import { codeOf, codeOfAsync, subjectOf } from '../test-support/expect-code';
import { PARAMETERS } from '../test-support/parameters';
import { issue, publish, type Scene, scene, TERMS } from '../test-support/scene';
import { World } from '../test-support/world';
import { firstChainBreak } from './revocation-chain';

const ENTRY = { kind: 'hold', reason_code: 'abuse-pattern' } as const;
const COMMITMENT = { ciphertext_digest: 'c'.repeat(64), format: 'mrg1' } as const;

function revoke(
  world: World,
  entries: readonly RevocationEntry[],
  msp = 'Op1MSP',
  role = 'safety-reviewer',
): string {
  return codeOf(() => world.act(msp, role, 'revocation.issue', { entries }));
}

describe('revocation.issue', () => {
  it('restricts many subjects under numbers without a gap', async () => {
    const at = await scene();
    const artifact_id = await publish(at);
    const right_id = await issue(at, artifact_id);
    await at.world.submit(at.maker, 'key.commit', { artifact_id, commitment: 'a'.repeat(64), ...COMMITMENT });
    const code = revoke(at.world, [
      { subject_type: 'artifact', subject_id: artifact_id, ...ENTRY },
      {
        subject_type: 'artifact',
        subject_id: artifact_id,
        ...ENTRY,
        kind: 'narrow',
        scope: { actions: ['adapt'] },
      },
      { subject_type: 'right', subject_id: right_id, ...ENTRY },
      { subject_type: 'key', subject_id: artifact_id, key_version: 1, ...ENTRY, kind: 'revoke' },
      { subject_type: 'actor', subject_id: at.eve.id, ...ENTRY, scope: { actions: ['transfer'] } },
      { subject_type: 'device', subject_id: 'd'.repeat(64), ...ENTRY },
    ]);
    expect(code).toBe('none');
    const { world } = at;
    expect(world.must('artifact', [artifact_id])).toMatchObject({
      state: 'restricted',
      restrictions: [{ number: 1 }, { number: 2 }],
    });
    expect(world.must('right', [right_id]).status).toBe('suspended');
    expect(world.must('key', [artifact_id]).versions[0]?.status).toBe('revoked');
    expect(world.must('actor', [at.eve.id])).toMatchObject({ status: 'active', bans: [{ number: 5 }] });
    const entries = [1, 2, 3, 4, 5, 6].map((number) =>
      world.must('revocation', ledgerKeys.revocation(number)),
    );
    expect(firstChainBreak(entries)).toBe(-1);
    expect(entries.map(({ final }) => final)).toEqual([false, true, false, true, false, false]);
    expect(entries[0]?.by).toEqual({ msp_id: 'Op1MSP', role: 'safety-reviewer' });
  });

  it('fails as a whole', async () => {
    const at = await scene();
    const artifact_id = await publish(at);
    const before = at.world.snapshot();
    const good = { subject_type: 'artifact', subject_id: artifact_id, ...ENTRY } as const;
    expect(revoke(at.world, [good, { ...good, subject_id: 'f'.repeat(64) }])).toBe('ARTIFACT_UNKNOWN');
    expect(revoke(at.world, [good, { ...good, kind: 'revoke' }, good])).toBe('REVOKED');
    expect(at.world.snapshot()).toBe(before);
  });

  it.each<[string, Partial<RevocationEntry>, string, string]>([
    [
      'downgrade of an actor',
      { subject_type: 'actor', kind: 'downgrade' },
      'SCHEMA_VIOLATION',
      '/entries/0/kind',
    ],
    ['narrowing a device', { subject_type: 'device', kind: 'narrow' }, 'SCHEMA_VIOLATION', '/entries/0/kind'],
    ['a key without its version', { subject_type: 'key' }, 'SCHEMA_VIOLATION', '/entries/0/key_version'],
    ['a version without a key', { key_version: 1 }, 'SCHEMA_VIOLATION', '/entries/0/key_version'],
    ['a hold with limits', { limits: { max_executions: 1 } }, 'SCHEMA_VIOLATION', '/entries/0/limits'],
    [
      'a hold of an artifact in part',
      { scope: { actions: ['execute'] } },
      'SCHEMA_VIOLATION',
      '/entries/0/scope',
    ],
    ['narrowing by nothing', { kind: 'narrow' }, 'SCHEMA_VIOLATION', '/entries/0/scope'],
    ['an empty scope', { kind: 'narrow', scope: {} }, 'SCHEMA_VIOLATION', '/entries/0/scope'],
    ['an unknown reason', { reason_code: 'whim' }, 'REASON_UNKNOWN', 'whim'],
    ['a maker’s reason', { reason_code: 'maker-request' }, 'REASON_UNKNOWN', 'maker-request'],
    ['a regulator’s reason', { reason_code: 'court-order' }, 'REASON_UNKNOWN', 'court-order'],
    [
      'an unknown domain',
      { kind: 'narrow', scope: { domains: ['time-travel'] } },
      'DOMAIN_UNKNOWN',
      'time-travel',
    ],
    ['an unknown kind', { kind: 'release' as 'hold' }, 'SCHEMA_VIOLATION', '/entries/0/kind'],
    ['an unknown actor', { subject_type: 'actor' }, 'ACTOR_UNKNOWN', 'f'.repeat(64)],
    ['an unknown right', { subject_type: 'right' }, 'RIGHT_UNKNOWN', 'f'.repeat(64)],
    ['an unknown key', { subject_type: 'key', key_version: 1 }, 'CONTENT_KEY_UNKNOWN', 'f'.repeat(64)],
  ])('refuses %s', (_name, change, code, subject) => {
    const world = new World();
    const entry: RevocationEntry = {
      subject_type: 'artifact',
      subject_id: 'f'.repeat(64),
      ...ENTRY,
      ...change,
    };
    const act = (): unknown => world.act('Op1MSP', 'ca-admin', 'revocation.issue', { entries: [entry] });
    expect(codeOf(act)).toBe(code);
    expect(subjectOf(act)).toBe(subject);
  });

  it('refuses other roles, other organisations, none and too many entries', async () => {
    const at = await scene();
    const entry = { subject_type: 'actor', subject_id: at.eve.id, ...ENTRY } as const;
    expect(revoke(at.world, [entry], 'Op1MSP', 'auditor')).toBe('ROLE_MISSING');
    expect(revoke(at.world, [entry], 'Op1MSP', 'regulator')).toBe('NOT_OPERATOR');
    expect(revoke(at.world, [entry], 'RegulatorMSP', 'operator-admin')).toBe('NOT_OPERATOR');
    expect(revoke(at.world, [], 'Op1MSP')).toBe('SCHEMA_VIOLATION');
    expect(
      revoke(
        at.world,
        Array.from({ length: 201 }, () => entry),
      ),
    ).toBe('SCHEMA_VIOLATION');
    expect(revoke(at.world, [{ ...entry, reason_code: 'court-order' }], 'RegulatorMSP', 'regulator')).toBe(
      'none',
    );
  });
});

describe('revocation.release', () => {
  async function held(by: [string, string]): Promise<Scene & { artifactId: string }> {
    const at = await scene();
    const artifactId = await publish(at);
    revoke(at.world, [{ subject_type: 'artifact', subject_id: artifactId, ...ENTRY }], ...by);
    return { ...at, artifactId };
  }
  const release = ({ world }: Scene, msp: string, role: string, number = 1): string =>
    codeOf(() => world.act(msp, role, 'revocation.release', { number }));

  it('lifts a hold once, and the subject is free', async () => {
    const at = await held(['Op1MSP', 'safety-reviewer']);
    expect(release(at, 'Op1MSP', 'ca-admin')).toBe('none');
    expect(at.world.must('artifact', [at.artifactId])).toMatchObject({ state: 'active', restrictions: [] });
    expect(at.world.must('revocation', ledgerKeys.revocation(1)).lifted).toMatchObject({ number: 2 });
    expect(release(at, 'Op1MSP', 'ca-admin')).toBe('ILLEGAL_TRANSITION');
    expect(release(at, 'Op1MSP', 'ca-admin', 2)).toBe('REVOCATION_FINAL');
    expect(release(at, 'Op1MSP', 'ca-admin', 3)).toBe('REVOCATION_UNKNOWN');
  });

  it('is for the issuer, and for a regulator over an operator, not the reverse', async () => {
    const operators = await held(['Op1MSP', 'safety-reviewer']);
    expect(release(operators, 'Op2MSP', 'safety-reviewer')).toBe('NOT_OPERATOR');
    expect(release(operators, 'Op1MSP', 'gateway')).toBe('ROLE_MISSING');
    expect(release(operators, 'RegulatorMSP', 'regulator')).toBe('none');
    const regulators = await held(['RegulatorMSP', 'regulator']);
    expect(release(regulators, 'Op1MSP', 'operator-admin')).toBe('NOT_OPERATOR');
    expect(release(regulators, 'RegulatorMSP', 'regulator')).toBe('none');
  });

  it('leaves a maker’s hold to the maker', async () => {
    const at = await scene();
    const artifact_id = await publish(at);
    await at.world.submit(at.maker, 'artifact.revoke', {
      artifact_id,
      kind: 'hold',
      reason_code: 'maker-request',
    });
    expect(release(at, 'RegulatorMSP', 'regulator')).toBe('NOT_OPERATOR');
    expect(release(at, 'Op1MSP', 'operator-admin')).toBe('NOT_OPERATOR');
  });

  it('lifts nothing any more once the subject is revoked for good', async () => {
    const at = await scene();
    const artifact_id = await publish(at);
    const right_id = await issue(at, artifact_id);
    await at.world.submit(at.maker, 'key.commit', { artifact_id, commitment: 'a'.repeat(64), ...COMMITMENT });
    const subjects = [
      { subject_type: 'artifact', subject_id: artifact_id },
      { subject_type: 'actor', subject_id: at.eve.id },
      { subject_type: 'right', subject_id: right_id },
      { subject_type: 'key', subject_id: artifact_id, key_version: 1 },
    ] as const;
    const entries = subjects.map((subject) => ({ ...subject, ...ENTRY }));
    revoke(at.world, entries);
    revoke(
      at.world,
      entries.map((entry) => ({ ...entry, kind: 'revoke' as const })),
    );
    for (const number of [1, 2, 3, 4]) expect(release(at, 'Op1MSP', 'ca-admin', number)).toBe('REVOKED');
    for (const number of [5, 6, 7, 8])
      expect(release(at, 'Op1MSP', 'ca-admin', number)).toBe('REVOCATION_FINAL');
    expect(at.world.must('artifact', [artifact_id]).state).toBe('revoked');
  });

  it('frees devices, actors, rights and keys too', async () => {
    const at = await scene();
    const artifact_id = await publish(at);
    const right_id = await issue(at, artifact_id);
    await at.world.submit(at.maker, 'key.commit', { artifact_id, commitment: 'a'.repeat(64), ...COMMITMENT });
    revoke(at.world, [
      { subject_type: 'device', subject_id: 'd'.repeat(64), ...ENTRY },
      { subject_type: 'actor', subject_id: at.eve.id, ...ENTRY },
      { subject_type: 'right', subject_id: right_id, ...ENTRY },
      { subject_type: 'key', subject_id: artifact_id, key_version: 1, ...ENTRY },
    ]);
    expect(at.world.must('actor', [at.eve.id]).status).toBe('banned');
    expect(at.world.must('key', [artifact_id]).versions[0]?.status).toBe('held');
    for (const number of [1, 2, 3, 4]) expect(release(at, 'Op1MSP', 'ca-admin', number)).toBe('none');
    expect(at.world.must('actor', [at.eve.id]).status).toBe('active');
    expect(at.world.must('right', [right_id]).status).toBe('active');
    expect(at.world.must('key', [artifact_id]).versions[0]?.status).toBe('current');
  });
});

describe('bans', () => {
  const ban = (at: Scene, id: string, entry: Partial<RevocationEntry> = {}): string =>
    revoke(at.world, [{ subject_type: 'actor', subject_id: id, ...ENTRY, kind: 'revoke', ...entry }]);

  it('without a scope bar everything', async () => {
    const at = await scene();
    const artifact_id = await publish(at);
    const right_id = await issue(at, artifact_id);
    expect(ban(at, at.maker.id)).toBe('none');
    expect(await codeOfAsync(() => publish(at, { name: 'other' }))).toBe('ACTOR_BANNED');
    expect(await codeOfAsync(() => issue(at, artifact_id))).toBe('ACTOR_BANNED');
    const reason_code = 'maker-request';
    expect(
      await codeOfAsync(() => at.world.submit(at.maker, 'right.revoke', { right_id, reason_code })),
    ).toBe('ACTOR_BANNED');
    expect(ban(at, at.maker.id)).toBe('REVOKED');
    const gift = async (to: string): Promise<string> =>
      codeOfAsync(() => at.world.submit(at.ann, 'right.gift', { right_id, to }));
    expect(await gift(at.maker.id)).toBe('ACTOR_BANNED');
    expect(await gift(at.bob.id)).toBe('none');
  });

  it.each(['register', 'license', 'issue', 'transfer', 'receive'] as const)(
    'of %s bar that and leave the rest',
    async (action) => {
      const at = await scene();
      const artifact_id = await publish(at);
      const own = await issue(at, artifact_id, { holder: at.maker.id });
      const second = await issue(at, artifact_id);
      expect(ban(at, at.maker.id, { scope: { actions: [action] } })).toBe('none');
      const terms = { ...TERMS, obligations: [] };
      const acts = {
        register: () => publish(at, { name: 'other' }),
        license: () => at.world.submit(at.maker, 'license.define', { name: 'T', terms }),
        issue: () => issue(at, artifact_id),
        transfer: () => at.world.submit(at.maker, 'right.gift', { right_id: own, to: at.bob.id }),
        receive: () => at.world.submit(at.ann, 'right.gift', { right_id: second, to: at.maker.id }),
      };
      for (const [name, act] of Object.entries(acts)) {
        expect([name, await codeOfAsync(act)]).toEqual([name, name === action ? 'ACTOR_BANNED' : 'none']);
      }
    },
  );

  it('of a domain bar only what concerns it', async () => {
    const at = await scene();
    const risk = { class: 'low', domains: ['ncii-deepfake'], declaration: '' } as const;
    const faces = await publish(at, { name: 'faces', risk });
    const harmless = await publish(at);
    expect(ban(at, at.ann.id, { kind: 'narrow', scope: { domains: ['ncii-deepfake'] } })).toBe('none');
    expect(at.world.must('actor', [at.ann.id]).status).toBe('active');
    expect(await codeOfAsync(() => issue(at, faces))).toBe('ACTOR_BANNED');
    expect(await codeOfAsync(() => issue(at, harmless))).toBe('none');
  });

  it('of a domain are not evaded by a bequest', async () => {
    const at = await scene();
    const risk = { class: 'low', domains: ['ncii-deepfake'], declaration: '' } as const;
    const right_id = await issue(at, await publish(at, { name: 'faces', risk }));
    const harmless = await issue(at, await publish(at));
    ban(at, at.ann.id, { scope: { actions: ['transfer'], domains: ['ncii-deepfake'] } });
    const will = { beneficiary: at.bob.id, waiting_period_s: 1000 };
    const bequeath = async (id: string, beneficiary: string | null): Promise<string> =>
      codeOfAsync(() => at.world.submit(at.ann, 'right.bequeath', { ...will, right_id: id, beneficiary }));
    expect(await bequeath(right_id, at.bob.id)).toBe('ACTOR_BANNED');
    expect(await bequeath(right_id, null)).toBe('none');
    expect(await bequeath(harmless, at.bob.id)).toBe('none');
  });

  it('of a domain bar a maker from freeing again what it stopped there', async () => {
    const at = await scene();
    const risk = { class: 'low', domains: ['ncii-deepfake'], declaration: '' } as const;
    const artifact_id = await publish(at, { name: 'faces', risk });
    const right_id = await issue(at, artifact_id);
    const reason_code = 'maker-request';
    await at.world.submit(at.maker, 'right.suspend', { right_id, reason_code });
    await at.world.submit(at.maker, 'artifact.revoke', { artifact_id, kind: 'hold', reason_code });
    ban(at, at.maker.id, { scope: { domains: ['ncii-deepfake'] } });
    expect(await codeOfAsync(() => at.world.submit(at.maker, 'artifact.release', { artifact_id }))).toBe(
      'ACTOR_BANNED',
    );
    expect(
      await codeOfAsync(() => at.world.submit(at.maker, 'right.resume', { right_id, reason_code })),
    ).toBe('ACTOR_BANNED');
  });

  it('leave acts that make things safer open to a scoped ban', async () => {
    const at = await scene();
    const artifact_id = await publish(at);
    ban(at, at.maker.id, { scope: { actions: ['register', 'issue', 'transfer', 'receive', 'license'] } });
    const body = { artifact_id, kind: 'revoke', reason_code: 'maker-request' } as const;
    expect(await codeOfAsync(() => at.world.submit(at.maker, 'artifact.revoke', body))).toBe('none');
  });
});

describe('content keys', () => {
  const key = (
    artifact_id: string,
    digit: string,
  ): { artifact_id: string; commitment: string } & typeof COMMITMENT => ({
    artifact_id,
    commitment: digit.repeat(64),
    ...COMMITMENT,
  });

  it('are committed, rotated and revoked by version', async () => {
    const at = await scene();
    const id = await publish(at);
    await at.world.submit(at.maker, 'key.commit', key(id, 'a'));
    expect(await codeOfAsync(() => at.world.submit(at.maker, 'key.commit', key(id, 'b')))).toBe(
      'CONTENT_KEY_EXISTS',
    );
    expect(await codeOfAsync(() => at.world.submit(at.maker, 'key.rotate', key(id, 'a')))).toBe(
      'CONTENT_KEY_EXISTS',
    );
    await at.world.submit(at.maker, 'key.rotate', key(id, 'b'));
    const statuses = (): string[] => at.world.must('key', [id]).versions.map(({ status }) => status);
    expect(statuses()).toEqual(['retired', 'current']);
    const revokeKey = { artifact_id: id, version: 2, reason_code: 'maker-request' };
    await at.world.submit(at.maker, 'key.revoke', revokeKey);
    expect(statuses()).toEqual(['retired', 'revoked']);
    expect(await codeOfAsync(() => at.world.submit(at.maker, 'key.revoke', revokeKey))).toBe('REVOKED');
    await at.world.submit(at.maker, 'key.rotate', key(id, 'c'));
    expect(statuses()).toEqual(['retired', 'revoked', 'current']);
    expect(at.world.must('key', [id]).current).toBe(3);
  });

  it('are the maker’s', async () => {
    const at = await scene();
    const id = await publish(at);
    const code = async (
      who: 'maker' | 'eve',
      type: 'key.commit' | 'key.rotate',
      artifact = id,
    ): Promise<string> => codeOfAsync(() => at.world.submit(at[who], type, key(artifact, 'a')));
    expect(await code('eve', 'key.commit')).toBe('NOT_MAKER');
    expect(await code('maker', 'key.rotate')).toBe('CONTENT_KEY_UNKNOWN');
    expect(await code('maker', 'key.commit', 'f'.repeat(64))).toBe('ARTIFACT_UNKNOWN');
    const revokeKey = { artifact_id: id, version: 1, reason_code: 'maker-request' };
    expect(await codeOfAsync(() => at.world.submit(at.maker, 'key.revoke', revokeKey))).toBe(
      'CONTENT_KEY_UNKNOWN',
    );
    expect(await code('maker', 'key.commit')).toBe('none');
    expect(await codeOfAsync(() => at.world.submit(at.eve, 'key.revoke', revokeKey))).toBe('NOT_MAKER');
    expect(
      await codeOfAsync(() => at.world.submit(at.maker, 'key.revoke', { ...revokeKey, version: 2 })),
    ).toBe('CONTENT_KEY_UNKNOWN');
    await at.world.submit(at.maker, 'artifact.revoke', {
      artifact_id: id,
      kind: 'revoke',
      reason_code: 'maker-request',
    });
    expect(await code('maker', 'key.rotate')).toBe('ARTIFACT_NOT_ACTIVE');
  });
});

describe('parameters', () => {
  const propose = (world: World, msp: string, parameters: Parameters, role = 'operator-admin'): string =>
    codeOf(() => world.act(msp, role, 'parameters.propose', { parameters }));
  const approve = (world: World, msp: string, parameters: Parameters): string =>
    codeOf(() =>
      world.act(msp, 'operator-admin', 'parameters.approve', { proposal_id: proposalId(parameters) }),
    );
  const next: Parameters = { ...PARAMETERS, version: 2, domains: [...PARAMETERS.domains, 'fraud'] };

  it('apply with the approval that makes a majority; to propose is to approve', () => {
    const world = new World(false);
    expect(propose(world, 'Op1MSP', PARAMETERS)).toBe('none');
    expect(approve(world, 'Op1MSP', PARAMETERS)).toBe('ALREADY_APPROVED');
    expect(approve(world, 'Op2MSP', PARAMETERS)).toBe('none');
    expect(world.get('parameters', [])).toBeUndefined();
    expect(approve(world, 'Op3MSP', PARAMETERS)).toBe('none');
    expect(world.must('parameters', [])).toEqual(PARAMETERS);
    expect(approve(world, 'Op4MSP', PARAMETERS)).toBe('PROPOSAL_APPLIED');
  });

  it('apply at once on a network of one', () => {
    const world = new World(false);
    const solo = { ...PARAMETERS, operators: ['Op1MSP'] };
    expect(propose(world, 'Op1MSP', solo)).toBe('none');
    expect(world.must('parameters', []).operators).toEqual(['Op1MSP']);
  });

  it('are changed by the operators in force, not by those who would like to be', () => {
    const world = new World();
    const coup = { ...next, operators: ['EvilMSP'] };
    expect(propose(world, 'EvilMSP', coup)).toBe('NOT_OPERATOR');
    expect(propose(world, 'RegulatorMSP', next)).toBe('NOT_OPERATOR');
    expect(propose(world, 'Op1MSP', next, 'safety-reviewer')).toBe('ROLE_MISSING');
    expect(propose(world, 'Op1MSP', coup)).toBe('none');
    expect(approve(world, 'EvilMSP', coup)).toBe('NOT_OPERATOR');
    expect(approve(world, 'Op2MSP', next)).toBe('PROPOSAL_UNKNOWN');
  });

  it('follow one another: of two proposals for one version the first majority wins', () => {
    const world = new World();
    const other = { ...next, bequest_min_waiting_s: 5 };
    expect(propose(world, 'Op1MSP', next)).toBe('none');
    expect(propose(world, 'Op1MSP', next)).toBe('PROPOSAL_EXISTS');
    expect(propose(world, 'Op2MSP', other)).toBe('none');
    for (const msp of ['Op2MSP', 'Op3MSP']) expect(approve(world, msp, next)).toBe('none');
    expect(approve(world, 'Op3MSP', other)).toBe('PROPOSAL_STALE');
    expect(propose(world, 'Op1MSP', other)).toBe('PROPOSAL_EXISTS');
    expect(propose(world, 'Op1MSP', { ...other, version: 4 })).toBe('PROPOSAL_STALE');
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['another network', { network: 'f'.repeat(64) }, 'PARAMETERS_INVALID'],
    ['an operator that is a regulator', { regulators: ['Op1MSP'] }, 'PARAMETERS_INVALID'],
    [
      'a reason defined twice',
      { reason_codes: [PARAMETERS.reason_codes[0], { ...PARAMETERS.reason_codes[0], title: 'x' }] },
      'PARAMETERS_INVALID',
    ],
    ['no operator', { operators: [] }, 'SCHEMA_VIOLATION'],
    ['a class missing', { risk_classes: { low: PARAMETERS.risk_classes.low } }, 'SCHEMA_VIOLATION'],
    ['an unknown member', { owner: 'me' }, 'SCHEMA_VIOLATION'],
    [
      'a fee that is rent',
      {
        risk_classes: { ...PARAMETERS.risk_classes, low: { ...PARAMETERS.risk_classes.low, fee_bps: 1001 } },
      },
      'SCHEMA_VIOLATION',
    ],
  ])('refuse %s', (_name, change, code) => {
    expect(propose(new World(), 'Op1MSP', { ...next, ...change })).toBe(code);
  });
});

describe('the chain of revocations', () => {
  it('holds through any sequence of holds and releases', async () => {
    const at = await scene();
    const ids = [at.ann.id, at.bob.id, at.eve.id];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.boolean(), fc.nat(20)), { maxLength: 12 }), async (steps) => {
        const world = new World();
        for (const name of [at.ann, at.bob, at.eve]) {
          await world.submit(name, 'actor.register', {
            alg: name.signer.alg,
            public_key: name.signer.publicKey,
          });
        }
        for (const [isHold, n] of steps) {
          if (isHold) revoke(world, [{ subject_type: 'actor', subject_id: ids[n % 3]!, ...ENTRY }]);
          else codeOf(() => world.act('Op1MSP', 'ca-admin', 'revocation.release', { number: n + 1 }));
        }
        const last = world.get('revocation-head', [])?.number ?? 0;
        const entries = Array.from({ length: last }, (_, i) =>
          world.must('revocation', ledgerKeys.revocation(i + 1)),
        );
        expect(firstChainBreak(entries)).toBe(-1);
        const open = entries.filter(({ kind, lifted }) => kind === 'hold' && lifted === undefined).length;
        const bans = ids.reduce((sum, id) => sum + world.must('actor', [id]).bans.length, 0);
        expect(bans).toBe(open);
      }),
      { numRuns: 25 },
    );
  });
});
