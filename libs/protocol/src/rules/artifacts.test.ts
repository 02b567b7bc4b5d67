import { type RevocationEntry } from '../domain/act-arguments';
import { type LicenseTerms } from '../domain/license';
import { artifactId } from '../identifiers';
import { codeOfAsync, codeOf } from '../test-support/expect-code';
import { artifactBody, define, publish, scene, TERMS } from '../test-support/scene';
import { documentHash } from '../encoding/hash';
import { firstChainBreak, revocationHash } from './revocation-chain';
import { ledgerKeys } from '../domain/ledger';
import { type Revocation } from '../domain/revocation';
import { type World } from '../test-support/world';

const HIGH = { class: 'high', domains: ['ncii-deepfake'], declaration: 'Faces' } as const;

function chain(world: World): Revocation[] {
  const last = world.get('revocation-head', [])?.number ?? 0;
  return Array.from({ length: last }, (_, index) =>
    world.must('revocation', ledgerKeys.revocation(index + 1)),
  );
}

describe('artifact.register', () => {
  it('activates low risk at once and names the version by its maker, name and version', async () => {
    const at = await scene();
    const id = await publish(at);
    expect(id).toBe(artifactId(at.maker.id, 'minilm', '1.0.0'));
    expect(at.world.must('artifact', [id])).toMatchObject({
      state: 'active',
      approved: true,
      maker: at.maker.id,
    });
  });

  it('leaves higher risk to the reviewers', async () => {
    const at = await scene();
    expect(at.world.must('artifact', [await publish(at, { risk: HIGH })]).state).toBe('pending-review');
  });

  it('refuses the same version twice, a strange domain and a license that is not there', async () => {
    const at = await scene();
    await publish(at);
    expect(await codeOfAsync(() => publish(at))).toBe('ARTIFACT_EXISTS');
    expect(await codeOfAsync(() => publish(at, { version: '2.0.0', license_id: 'f'.repeat(64) }))).toBe(
      'LICENSE_UNKNOWN',
    );
    const risk = { class: 'low', domains: ['time-travel'], declaration: '' } as const;
    expect(await codeOfAsync(() => publish(at, { version: '2.0.0', risk }))).toBe('DOMAIN_UNKNOWN');
  });

  it.each(['1', '1.0', 'v1.0.0', '01.0.0', '1.0.0-', '1.0.0-01', '1.0.0+', '1.0.0 '])(
    'refuses the version %j',
    async (version) => {
      const at = await scene();
      expect(await codeOfAsync(() => publish(at, { version }))).toBe('SCHEMA_VIOLATION');
    },
  );

  it.each(['', '/a', 'a/', 'a//b', '../a', 'a b', 'a\u0000', 'ä', '-a'])(
    'refuses the name %j',
    async (name) => {
      const at = await scene();
      expect(await codeOfAsync(() => publish(at, { name }))).toBe('SCHEMA_VIOLATION');
    },
  );

  it('inherits the parents’ risk: a derivative cannot declare its origin away', async () => {
    const at = await scene();
    const parent = await publish(at, { risk: { ...HIGH, class: 'low' } });
    const child = await publish(at, {
      name: 'child',
      parents: [{ artifact_id: parent, relation: 'fine-tune' }],
    });
    expect(at.world.must('artifact', [child]).risk).toMatchObject({
      class: 'low',
      domains: ['ncii-deepfake'],
    });
    const high = await publish(at, { name: 'high', risk: HIGH });
    at.world.act('Op1MSP', 'safety-reviewer', 'review.decide', { artifact_id: high, decision: 'approve' });
    at.world.act('Op2MSP', 'safety-reviewer', 'review.decide', { artifact_id: high, decision: 'approve' });
    const heir = await publish(at, { name: 'heir', parents: [{ artifact_id: high, relation: 'quantized' }] });
    expect(at.world.must('artifact', [heir])).toMatchObject({
      state: 'pending-review',
      risk: { class: 'high', declared_class: 'low' },
    });
  });

  it('refuses parents that are unknown, waiting, held or revoked', async () => {
    const at = await scene();
    const child = async (parent: string): Promise<string> =>
      codeOfAsync(() =>
        publish(at, { name: 'child', parents: [{ artifact_id: parent, relation: 'derived' }] }),
      );
    expect(await child('f'.repeat(64))).toBe('PARENT_UNKNOWN');
    expect(await child(await publish(at, { name: 'waiting', risk: HIGH }))).toBe('ARTIFACT_NOT_ACTIVE');
    const parent = await publish(at);
    const reason = { artifact_id: parent, reason_code: 'maker-request' };
    await at.world.submit(at.maker, 'artifact.revoke', { ...reason, kind: 'hold' });
    expect(await child(parent)).toBe('ARTIFACT_NOT_ACTIVE');
    await at.world.submit(at.maker, 'artifact.revoke', { ...reason, kind: 'revoke' });
    expect(await child(parent)).toBe('PARENT_REVOKED');
  });

  it.each<[LicenseTerms['actions'], 'merge' | 'component', string]>([
    [['execute'], 'merge', 'LICENSE_VIOLATION'],
    [['execute', 'adapt'], 'merge', 'none'],
    [['execute', 'adapt'], 'component', 'LICENSE_VIOLATION'],
    [['execute', 'redistribute'], 'component', 'none'],
  ])('asks the license of another maker: %j for a %s is %s', async (actions, relation, code) => {
    const at = await scene({ actions });
    const parent = await publish(at);
    const license_id = await define(at.world, at.eve);
    const body = artifactBody(license_id, { parents: [{ artifact_id: parent, relation }] });
    expect(await codeOfAsync(() => at.world.submit(at.eve, 'artifact.register', body))).toBe(code);
  });
});

describe('a narrowed parent', () => {
  it.each(['maker', 'eve'] as const)('is not adapted where that is barred, by %s', async (who) => {
    const at = await scene();
    const parent = await publish(at);
    at.world.act('Op1MSP', 'safety-reviewer', 'revocation.issue', {
      entries: [
        {
          subject_type: 'artifact',
          subject_id: parent,
          kind: 'narrow',
          reason_code: 'abuse-pattern',
          scope: { actions: ['adapt'] },
        },
      ],
    });
    const derive = async (relation: 'adapter' | 'component'): Promise<string> => {
      const parents = [{ artifact_id: parent, relation }];
      const body = artifactBody(at.licenseId, { name: relation, parents });
      return codeOfAsync(() => at.world.submit(at[who], 'artifact.register', body));
    };
    expect(await derive('adapter')).toBe('ACTION_NOT_PERMITTED');
    // The license of the scene does not let others redistribute.
    expect(await derive('component')).toBe(who === 'maker' ? 'none' : 'LICENSE_VIOLATION');
  });
});

describe('review.decide', () => {
  const approve = { decision: 'approve' } as const;
  const reject = { decision: 'reject', reason: 'Training data unclear' } as const;

  it('activates by approvals of two different operators', async () => {
    const at = await scene();
    const artifact_id = await publish(at, { risk: HIGH });
    const decide = (msp: string): string | undefined =>
      at.world.act(msp, 'safety-reviewer', 'review.decide', { artifact_id, ...approve }).result.state;
    expect(decide('Op1MSP')).toBe('pending-review');
    expect(decide('Op1MSP')).toBe('pending-review');
    expect(decide('Op2MSP')).toBe('active');
    expect(codeOf(() => decide('Op3MSP'))).toBe('REVIEW_NOT_PENDING');
    expect(at.world.must('artifact', [artifact_id]).reviews.map(({ msp_id }) => msp_id)).toEqual([
      'Op1MSP',
      'Op2MSP',
    ]);
  });

  it('lets one operator neither veto nor decide, and counts its latest decision', async () => {
    const at = await scene();
    const artifact_id = await publish(at, { risk: HIGH });
    const decide = (msp: string, decision: typeof approve | typeof reject): string | undefined =>
      at.world.act(msp, 'safety-reviewer', 'review.decide', { artifact_id, ...decision }).result.state;
    expect(decide('Op1MSP', reject)).toBe('pending-review');
    expect(decide('Op2MSP', approve)).toBe('pending-review');
    expect(decide('Op3MSP', reject)).toBe('pending-review');
    expect(decide('Op4MSP', approve)).toBe('pending-review');
    expect(decide('Op1MSP', approve)).toBe('active');
  });

  it('refuses other roles, other organisations and a rejection without a reason', async () => {
    const at = await scene();
    const artifact_id = await publish(at, { risk: HIGH });
    const code = (msp: string, role: string | undefined, decision: object): string =>
      codeOf(() =>
        at.world.act(msp, role, 'review.decide', { artifact_id, decision: 'approve', ...decision }),
      );
    expect(code('Op1MSP', 'operator-admin', {})).toBe('ROLE_MISSING');
    expect(code('Op1MSP', undefined, {})).toBe('ROLE_MISSING');
    expect(code('RegulatorMSP', 'safety-reviewer', {})).toBe('NOT_OPERATOR');
    expect(code('EvilMSP', 'safety-reviewer', {})).toBe('NOT_OPERATOR');
    expect(code('Op1MSP', 'safety-reviewer', { decision: 'reject' })).toBe('REASON_REQUIRED');
    expect(code('Op1MSP', 'safety-reviewer', { artifact_id: 'f'.repeat(64) })).toBe('ARTIFACT_UNKNOWN');
    expect(code('Op1MSP', 'safety-reviewer', { extra: 1 })).toBe('SCHEMA_VIOLATION');
    expect(code('Op1MSP', 'safety-reviewer', { reason: '' })).toBe('SCHEMA_VIOLATION');
  });
});

describe('artifact.revoke and artifact.release', () => {
  it('holds and frees, numbered and chained', async () => {
    const at = await scene();
    const artifact_id = await publish(at);
    const body = { artifact_id, reason_code: 'maker-request' };
    await at.world.submit(at.maker, 'artifact.revoke', { ...body, kind: 'hold', note: 'checking' });
    await at.world.submit(at.maker, 'artifact.revoke', {
      ...body,
      kind: 'downgrade',
      limits: { max_executions: 5 },
    });
    expect(at.world.must('artifact', [artifact_id])).toMatchObject({ state: 'restricted' });
    const { result } = await at.world.submit(at.maker, 'artifact.release', { artifact_id });
    expect(result).toMatchObject({ state: 'active', first_number: 3, last_number: 4 });
    const entries = chain(at.world);
    expect(
      entries.map(({ number, kind, releases, lifted }) => [number, kind, releases, lifted?.number]),
    ).toEqual([
      [1, 'hold', undefined, 3],
      [2, 'downgrade', undefined, 4],
      [3, 'release', 1, undefined],
      [4, 'release', 2, undefined],
    ]);
    expect(firstChainBreak(entries)).toBe(-1);
    const last = entries[3]!;
    expect(at.world.must('revocation-head', [])).toEqual({ number: 4, hash: documentHash(last) });
    expect(firstChainBreak([entries[0]!, entries[2]!])).toBe(1);
    expect(firstChainBreak([{ ...entries[0]!, reason_code: 'other' }, entries[1]!])).toBe(1);
    expect(revocationHash(entries[0]!)).not.toBe(documentHash(entries[0]));
  });

  it('returns to review what was held while it waited', async () => {
    const at = await scene();
    const artifact_id = await publish(at, { risk: HIGH });
    await at.world.submit(at.maker, 'artifact.revoke', {
      artifact_id,
      kind: 'hold',
      reason_code: 'maker-request',
    });
    expect(
      at.world.act('Op1MSP', 'safety-reviewer', 'review.decide', { artifact_id, decision: 'approve' }).result
        .state,
    ).toBe('restricted');
    expect((await at.world.submit(at.maker, 'artifact.release', { artifact_id })).result.state).toBe(
      'pending-review',
    );
  });

  it('ends for good with revoke', async () => {
    const at = await scene();
    const artifact_id = await publish(at);
    const body = { artifact_id, kind: 'revoke', reason_code: 'maker-request' } as const;
    await at.world.submit(at.maker, 'artifact.revoke', body);
    const before = at.world.snapshot();
    expect(await codeOfAsync(() => at.world.submit(at.maker, 'artifact.revoke', body))).toBe('REVOKED');
    expect(await codeOfAsync(() => at.world.submit(at.maker, 'artifact.release', { artifact_id }))).toBe(
      'REVOKED',
    );
    expect(at.world.snapshot()).toBe(before);
  });

  it('is the maker’s alone, with a maker’s reason', async () => {
    const at = await scene();
    const artifact_id = await publish(at);
    const code = async (who: 'maker' | 'eve', changes: object): Promise<string> =>
      codeOfAsync(() =>
        at.world.submit(at[who], 'artifact.revoke', {
          artifact_id,
          kind: 'hold',
          reason_code: 'maker-request',
          ...changes,
        }),
      );
    expect(await code('eve', {})).toBe('NOT_MAKER');
    expect(await code('maker', { artifact_id: 'f'.repeat(64) })).toBe('ARTIFACT_UNKNOWN');
    expect(await code('maker', { reason_code: 'court-order' })).toBe('REASON_UNKNOWN');
    expect(await code('maker', { reason_code: 'nonsense' })).toBe('REASON_UNKNOWN');
    expect(await code('maker', { kind: 'narrow' })).toBe('SCHEMA_VIOLATION');
    expect(await code('maker', { limits: { max_devices: 1 } })).toBe('SCHEMA_VIOLATION');
    expect(await codeOfAsync(() => at.world.submit(at.maker, 'artifact.release', { artifact_id }))).toBe(
      'ILLEGAL_TRANSITION',
    );
    expect(await codeOfAsync(() => at.world.submit(at.eve, 'artifact.release', { artifact_id }))).toBe(
      'NOT_MAKER',
    );
  });

  it('does not free what an operator holds', async () => {
    const at = await scene();
    const artifact_id = await publish(at);
    at.world.act('Op1MSP', 'safety-reviewer', 'revocation.issue', {
      entries: [
        { subject_type: 'artifact', subject_id: artifact_id, kind: 'hold', reason_code: 'abuse-pattern' },
      ],
    });
    expect(await codeOfAsync(() => at.world.submit(at.maker, 'artifact.release', { artifact_id }))).toBe(
      'ILLEGAL_TRANSITION',
    );
  });

  it('keeps the number of open restrictions bounded', async () => {
    const at = await scene();
    const artifact_id = await publish(at);
    const entries = Array.from({ length: 65 }, () => ({
      subject_type: 'artifact' as const,
      subject_id: artifact_id,
      kind: 'hold' as const,
      reason_code: 'abuse-pattern',
    }));
    expect(codeOf(() => at.world.act('Op1MSP', 'ca-admin', 'revocation.issue', { entries }))).toBe(
      'RESTRICTIONS_EXHAUSTED',
    );
    expect(at.world.get('revocation-head', [])).toBeUndefined();
  });

  it('leaves a revocation for good possible when there is no room for more', async () => {
    const at = await scene();
    const artifact_id = await publish(at);
    const act = (
      subject: object,
      count: number,
      kind: 'hold' | 'narrow' | 'revoke',
      scope?: object,
    ): string => {
      const entry = {
        ...subject,
        kind,
        reason_code: 'abuse-pattern',
        ...(scope === undefined ? {} : { scope }),
      };
      const entries = Array.from({ length: count }, () => entry as RevocationEntry);
      return codeOf(() => at.world.act('Op1MSP', 'ca-admin', 'revocation.issue', { entries }));
    };
    const artifact = { subject_type: 'artifact', subject_id: artifact_id };
    expect(act(artifact, 64, 'hold')).toBe('none');
    expect(act(artifact, 1, 'revoke')).toBe('none');
    expect(at.world.must('artifact', [artifact_id]).state).toBe('revoked');
    const actor = { subject_type: 'actor', subject_id: at.eve.id };
    const scope = { actions: ['transfer'] };
    expect(act(actor, 64, 'narrow', scope)).toBe('none');
    expect(act(actor, 1, 'revoke', scope)).toBe('RESTRICTIONS_EXHAUSTED');
    expect(act(actor, 1, 'revoke')).toBe('none');
    expect(at.world.must('actor', [at.eve.id]).status).toBe('banned');
  });

  it('keeps a maker from taking up the room that operators need', async () => {
    const at = await scene();
    const artifact_id = await publish(at);
    const body = { artifact_id, kind: 'downgrade', reason_code: 'maker-request' } as const;
    for (let count = 0; count < 16; count += 1) await at.world.submit(at.maker, 'artifact.revoke', body);
    expect(await codeOfAsync(() => at.world.submit(at.maker, 'artifact.revoke', body))).toBe(
      'RESTRICTIONS_EXHAUSTED',
    );
    const entries = Array.from({ length: 48 }, () => ({
      subject_type: 'artifact' as const,
      subject_id: artifact_id,
      kind: 'hold' as const,
      reason_code: 'abuse-pattern',
    }));
    expect(codeOf(() => at.world.act('Op1MSP', 'ca-admin', 'revocation.issue', { entries }))).toBe('none');
    expect(
      await codeOfAsync(() => at.world.submit(at.maker, 'artifact.revoke', { ...body, kind: 'revoke' })),
    ).toBe('none');
  });
});

describe('license.define', () => {
  it('is one license for equal terms of one licensor', async () => {
    const at = await scene();
    expect(await codeOfAsync(() => define(at.world, at.maker))).toBe('LICENSE_EXISTS');
    expect(await define(at.world, at.eve)).not.toBe(at.licenseId);
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      'royalty without resale',
      { transfer: { resale: false, gift: true, bequest: true } },
      'LICENSE_VIOLATION',
    ],
    ['royalty beyond half', { resale_royalty_bps: 5001 }, 'SCHEMA_VIOLATION'],
    ['a text without its digest', { text_uri: 'https://example.com/terms' }, 'SCHEMA_VIOLATION'],
    [
      'a text over http',
      { text_uri: 'http://example.com/', text_digest: 'a'.repeat(64) },
      'SCHEMA_VIOLATION',
    ],
    ['no action', { actions: [] }, 'SCHEMA_VIOLATION'],
    ['an action twice', { actions: ['execute', 'execute'] }, 'SCHEMA_VIOLATION'],
    ['an unknown action', { actions: ['destroy'] }, 'SCHEMA_VIOLATION'],
    ['no purpose', { purposes: [] }, 'SCHEMA_VIOLATION'],
    ['an unknown limit', { limits: { max_fun: 1 } }, 'SCHEMA_VIOLATION'],
    ['a limit of zero', { limits: { max_executions: 0 } }, 'SCHEMA_VIOLATION'],
    ['a fraction', { resale_royalty_bps: 1.5 }, 'SCHEMA_VIOLATION'],
  ])('refuses %s', async (_name, change, code) => {
    const at = await scene();
    const terms = { ...TERMS, ...change };
    expect(await codeOfAsync(() => at.world.submit(at.eve, 'license.define', { name: 'T', terms }))).toBe(
      code,
    );
  });
});
