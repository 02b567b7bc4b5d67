import fc from 'fast-check';
import { type LicenseTerms } from '../domain/license';
import { type LedgerIntentBodies } from '../domain/intent-bodies';
import { ledgerKeys } from '../domain/ledger';
import { codeOf, codeOfAsync } from '../test-support/expect-code';
import { define, issue, publish, rightBody, type Scene, scene } from '../test-support/scene';
import { person } from '../test-support/world';
import { divideAmount, divideSale, parseAmount } from './shares';

const REASON = { reason_code: 'maker-request' };
const PRICE = { amount: '10000', currency: 'EUR' };

async function sold(at: Scene, right_id: string, price = PRICE): Promise<string> {
  return codeOfAsync(() =>
    at.world.submit(at.ann, 'right.sell', { right_id, buyer: at.bob.id, price }, [at.bob.signer]),
  );
}

describe('right.issue', () => {
  it('fills up limits from the license and ends with its duration', async () => {
    const at = await scene({ limits: { max_executions: 10, duration_s: 100 } });
    const right = at.world.must('right', [
      await issue(at, await publish(at), { limits: { max_executions: 3 } }),
    ]);
    expect(right).toMatchObject({
      limits: { max_executions: 3, duration_s: 100 },
      expires_at: at.world.now + 100,
      version: 1,
      transfers: 0,
      status: 'active',
    });
  });

  it.each<[string, Partial<LedgerIntentBodies['right.issue']>, string]>([
    ['an action beyond the license', { actions: ['execute', 'redistribute'] }, 'LICENSE_VIOLATION'],
    ['a purpose beyond the license', { purpose: 'deployment' }, 'LICENSE_VIOLATION'],
    ['a limit beyond the license', { limits: { max_executions: 11 } }, 'LICENSE_VIOLATION'],
    ['an end beyond the duration', { expires_at: 1_800_000_101 }, 'LICENSE_VIOLATION'],
    ['an end in the past', { expires_at: 1_800_000_000 }, 'RIGHT_EXPIRED'],
    [
      'an end before the beginning',
      { not_before: 1_800_000_050, expires_at: 1_800_000_050 },
      'RIGHT_EXPIRED',
    ],
    ['a holder that is not there', { holder: 'f'.repeat(64) }, 'ACTOR_UNKNOWN'],
    ['a license that is not there', { license_id: 'f'.repeat(64) }, 'LICENSE_UNKNOWN'],
    ['an artifact that is not there', { artifact_id: 'f'.repeat(64) }, 'ARTIFACT_UNKNOWN'],
    ['a price of zero', { price: { amount: '0', currency: 'EUR' } }, 'SCHEMA_VIOLATION'],
    ['a price that is a fraction', { price: { amount: '1.5', currency: 'EUR' } }, 'SCHEMA_VIOLATION'],
    ['a negative price', { price: { amount: '-1', currency: 'EUR' } }, 'SCHEMA_VIOLATION'],
    ['a currency of another form', { price: { amount: '1', currency: 'eur' } }, 'SCHEMA_VIOLATION'],
    ['no action', { actions: [] }, 'SCHEMA_VIOLATION'],
  ])('refuses %s', async (_name, change, code) => {
    const at = await scene({ purposes: ['research'], limits: { max_executions: 10, duration_s: 100 } });
    const body = rightBody(at, await publish(at), { purpose: 'research', ...change });
    expect(await codeOfAsync(() => at.world.submit(at.maker, 'right.issue', body))).toBe(code);
  });

  it('is the maker’s, for an active artifact, under a license of the artifact or its maker', async () => {
    const at = await scene();
    const artifact = await publish(at);
    expect(await codeOfAsync(() => at.world.submit(at.eve, 'right.issue', rightBody(at, artifact)))).toBe(
      'NOT_MAKER',
    );
    const license_id = await define(at.world, at.eve);
    expect(await codeOfAsync(() => issue(at, artifact, { license_id }))).toBe('LICENSE_VIOLATION');
    const other = await define(at.world, at.maker, { obligations: [] });
    expect(await codeOfAsync(() => issue(at, artifact, { license_id: other }))).toBe('none');
    const risk = { class: 'high', domains: [], declaration: '' } as const;
    const waiting = await publish(at, { name: 'waiting', risk });
    expect(await codeOfAsync(() => issue(at, waiting))).toBe('ARTIFACT_NOT_ACTIVE');
    const revoke = { artifact_id: artifact, reason_code: 'maker-request' };
    await at.world.submit(at.maker, 'artifact.revoke', { ...revoke, kind: 'downgrade' });
    expect(await codeOfAsync(() => issue(at, artifact))).toBe('none');
    await at.world.submit(at.maker, 'artifact.revoke', { ...revoke, kind: 'restrict' });
    expect(await codeOfAsync(() => issue(at, artifact))).toBe('ARTIFACT_NOT_ACTIVE');
  });
});

describe('a change of holder', () => {
  it.each<
    [
      Partial<LicenseTerms['transfer']>,
      'right.transfer' | 'right.gift' | 'right.sell' | 'right.bequeath',
      string,
    ]
  >([
    [{ resale: false }, 'right.transfer', 'TRANSFER_FORBIDDEN'],
    [{ gift: false }, 'right.transfer', 'TRANSFER_FORBIDDEN'],
    [{ bequest: false }, 'right.transfer', 'none'],
    [{ gift: false }, 'right.gift', 'TRANSFER_FORBIDDEN'],
    [{ resale: false }, 'right.gift', 'none'],
    [{ resale: false }, 'right.sell', 'TRANSFER_FORBIDDEN'],
    [{ gift: false }, 'right.sell', 'none'],
    [{ bequest: false }, 'right.bequeath', 'TRANSFER_FORBIDDEN'],
    [{ resale: false }, 'right.bequeath', 'none'],
  ])('with %j: %s is %s', async (change, type, code) => {
    const transfer = { resale: true, gift: true, bequest: true, ...change };
    const at = await scene({ transfer, resale_royalty_bps: 0 });
    const right_id = await issue(at, await publish(at));
    const acts = {
      'right.transfer': () => at.world.submit(at.ann, 'right.transfer', { right_id, to: at.bob.id }),
      'right.gift': () => at.world.submit(at.ann, 'right.gift', { right_id, to: at.bob.id }),
      'right.sell': () =>
        at.world.submit(at.ann, 'right.sell', { right_id, buyer: at.bob.id, price: PRICE }, [at.bob.signer]),
      'right.bequeath': () =>
        at.world.submit(at.ann, 'right.bequeath', {
          right_id,
          beneficiary: at.bob.id,
          waiting_period_s: 1000,
        }),
    };
    expect(await codeOfAsync(acts[type])).toBe(code);
  });

  it('moves the right, counts versions and respects number and cooling period', async () => {
    const transfer = { resale: true, gift: true, bequest: true, max_transfers: 2, cooling_period_s: 100 };
    const at = await scene({ transfer });
    const right_id = await issue(at, await publish(at));
    const give = async (from: 'ann' | 'bob', to: 'ann' | 'bob'): Promise<string> =>
      codeOfAsync(() => at.world.submit(at[from], 'right.gift', { right_id, to: at[to].id }));
    expect(await give('ann', 'bob')).toBe('COOLING_PERIOD');
    at.world.now += 99;
    expect(await give('ann', 'bob')).toBe('COOLING_PERIOD');
    at.world.now += 1;
    expect(await give('ann', 'bob')).toBe('none');
    expect(at.world.must('right', [right_id])).toMatchObject({ holder: at.bob.id, version: 2, transfers: 1 });
    expect(await give('ann', 'bob')).toBe('NOT_HOLDER');
    at.world.now += 100;
    expect(await give('bob', 'ann')).toBe('none');
    at.world.now += 100;
    expect(await give('ann', 'bob')).toBe('TRANSFERS_EXHAUSTED');
  });

  it('refuses the holder itself, strangers, unknown rights and recipients', async () => {
    const at = await scene();
    const right_id = await issue(at, await publish(at));
    const gift = async (who: 'ann' | 'eve', right: string, to: string): Promise<string> =>
      codeOfAsync(() => at.world.submit(at[who], 'right.gift', { right_id: right, to }));
    expect(await gift('ann', right_id, at.ann.id)).toBe('TRANSFER_FORBIDDEN');
    expect(await gift('ann', right_id, person('nobody').id)).toBe('ACTOR_UNKNOWN');
    expect(await gift('eve', right_id, at.bob.id)).toBe('NOT_HOLDER');
    expect(await gift('ann', 'f'.repeat(64), at.bob.id)).toBe('RIGHT_UNKNOWN');
  });

  it('waits while the right is suspended, the artifact held, or the right over', async () => {
    const at = await scene();
    const artifact_id = await publish(at);
    const right_id = await issue(at, artifact_id, { expires_at: at.world.now + 500 });
    const gift = async (): Promise<string> =>
      codeOfAsync(() => at.world.submit(at.ann, 'right.gift', { right_id, to: at.bob.id }));
    await at.world.submit(at.maker, 'right.suspend', { right_id, ...REASON });
    expect(await gift()).toBe('RIGHT_NOT_ACTIVE');
    await at.world.submit(at.maker, 'right.resume', { right_id, ...REASON });
    await at.world.submit(at.maker, 'artifact.revoke', { artifact_id, kind: 'hold', ...REASON });
    expect(await gift()).toBe('ARTIFACT_NOT_ACTIVE');
    await at.world.submit(at.maker, 'artifact.release', { artifact_id });
    at.world.now += 500;
    expect(await gift()).toBe('RIGHT_EXPIRED');
  });
});

describe('right.sell', () => {
  it('records royalty, fee and the seller’s share', async () => {
    const at = await scene();
    const right_id = await issue(at, await publish(at));
    expect(await sold(at, right_id)).toBe('none');
    expect(at.world.must('sale', ledgerKeys.sale(right_id, 2))).toMatchObject({
      seller: at.ann.id,
      buyer: at.bob.id,
      price: PRICE,
      royalty: { payee: at.maker.id, amount: '500' },
      fee: { payee: 'safety-fund', amount: '100' },
      seller_amount: '9400',
    });
    expect(at.world.must('right', [right_id])).toMatchObject({ holder: at.bob.id, version: 2 });
  });

  it('needs the buyer’s signature, and no other', async () => {
    const at = await scene();
    const right_id = await issue(at, await publish(at));
    const body = { right_id, buyer: at.bob.id, price: PRICE };
    const code = async (...signers: { signer: typeof at.bob.signer }[]): Promise<string> =>
      codeOfAsync(() =>
        at.world.submit(
          at.ann,
          'right.sell',
          body,
          signers.map(({ signer }) => signer),
        ),
      );
    expect(await code()).toBe('SIGNATURE_MISSING');
    expect(await code(at.eve)).toBe('KEY_NOT_CURRENT');
    expect(await code(at.bob, at.eve)).toBe('KEY_NOT_CURRENT');
    const self = { ...body, buyer: at.ann.id };
    expect(await codeOfAsync(() => at.world.submit(at.ann, 'right.sell', self))).toBe('TRANSFER_FORBIDDEN');
    const nobody = { ...body, buyer: person('nobody').id };
    expect(await codeOfAsync(() => at.world.submit(at.ann, 'right.sell', nobody))).toBe('ACTOR_UNKNOWN');
  });

  it('refuses amounts of another form', async () => {
    const at = await scene();
    const right_id = await issue(at, await publish(at));
    for (const amount of ['0', '01', '-1', '1.0', '1e3', '', ' 1', '1'.repeat(31)]) {
      expect(await sold(at, right_id, { amount, currency: 'EUR' })).toBe('SCHEMA_VIOLATION');
    }
    expect(await sold(at, right_id, { amount: '9'.repeat(30), currency: 'EUR' })).toBe('none');
  });
});

describe('shares', () => {
  it('sum to the price, each within one unit of its proportion', () => {
    const price = fc.bigInt({ min: 0n, max: 10n ** 30n - 1n });
    fc.assert(
      fc.property(
        price,
        fc.integer({ min: 0, max: 5000 }),
        fc.integer({ min: 0, max: 1000 }),
        (amount, royaltyBps, feeBps) => {
          const shares = divideSale(String(amount), royaltyBps, feeBps);
          const [royalty, fee, seller] = [shares.royalty, shares.fee, shares.seller].map(BigInt) as [
            bigint,
            bigint,
            bigint,
          ];
          expect(royalty + fee + seller).toBe(amount);
          const floor = (amount * BigInt(royaltyBps)) / 10_000n;
          expect(royalty - floor === 0n || royalty - floor === 1n).toBe(true);
          expect(fee >= 0n && seller >= 0n).toBe(true);
        },
      ),
    );
  });

  it('divide any amount by any weights without loss', () => {
    const weights = fc.array(fc.bigInt({ min: 0n, max: 10_000n }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n }), weights, (amount, ws) => {
        fc.pre(ws.some((weight) => weight > 0n));
        const parts = divideAmount(amount, ws);
        expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(amount);
        ws.forEach((weight, index) => {
          if (weight === 0n) expect(parts[index]).toBe(0n);
        });
      }),
    );
  });

  it('give left-over units to the largest remainder, ties to the earlier', () => {
    expect(divideAmount(10n, [1n, 1n, 1n])).toEqual([4n, 3n, 3n]);
    expect(divideAmount(1n, [1n, 2n, 3n])).toEqual([0n, 0n, 1n]);
    expect(divideAmount(5n, [1n, 1n])).toEqual([3n, 2n]);
    expect(divideSale('1', 5000, 0)).toEqual({ royalty: '1', fee: '0', seller: '0' });
    expect(divideSale('999', 500, 100)).toEqual({ royalty: '50', fee: '10', seller: '939' });
  });

  it('refuse nonsense', () => {
    expect(codeOf(() => divideAmount(1n, [0n]))).toBe('SCHEMA_VIOLATION');
    expect(codeOf(() => divideAmount(-1n, [1n]))).toBe('SCHEMA_VIOLATION');
    expect(codeOf(() => divideAmount(1n, [2n, -1n]))).toBe('SCHEMA_VIOLATION');
    expect(codeOf(() => parseAmount('01'))).toBe('SCHEMA_VIOLATION');
  });
});

describe('a bequest', () => {
  const will = { waiting_period_s: 1000 };

  it('passes after a claim and its waiting period', async () => {
    const at = await scene();
    const right_id = await issue(at, await publish(at));
    await at.world.submit(at.ann, 'right.bequeath', { right_id, beneficiary: at.bob.id, ...will });
    const claim = async (who: 'bob' | 'eve'): Promise<string> =>
      codeOfAsync(() => at.world.submit(at[who], 'right.claim', { right_id }));
    expect(await claim('eve')).toBe('BEQUEST_UNKNOWN');
    expect(await claim('bob')).toBe('none');
    expect(at.world.must('right', [right_id])).toMatchObject({
      holder: at.ann.id,
      bequest: { claimed_at: at.world.now },
    });
    at.world.now += 999;
    expect(await claim('bob')).toBe('WAITING_PERIOD');
    at.world.now += 1;
    expect(await claim('bob')).toBe('none');
    const right = at.world.must('right', [right_id]);
    expect(right).toMatchObject({ holder: at.bob.id, version: 2, transfers: 1 });
    expect(right.bequest).toBeUndefined();
    expect(await claim('bob')).toBe('BEQUEST_UNKNOWN');
  });

  it('is stopped by any act of the holder on the right', async () => {
    const at = await scene();
    const right_id = await issue(at, await publish(at));
    const bequeath = async (beneficiary: string | null): Promise<unknown> =>
      at.world.submit(at.ann, 'right.bequeath', { right_id, beneficiary, ...will });
    await bequeath(at.bob.id);
    await at.world.submit(at.bob, 'right.claim', { right_id });
    await bequeath(at.bob.id);
    at.world.now += 2000;
    await at.world.submit(at.bob, 'right.claim', { right_id });
    expect(at.world.must('right', [right_id]).holder).toBe(at.ann.id);
    await bequeath(null);
    expect(await codeOfAsync(() => at.world.submit(at.bob, 'right.claim', { right_id }))).toBe(
      'BEQUEST_UNKNOWN',
    );
    await bequeath(at.bob.id);
    await at.world.submit(at.ann, 'right.gift', { right_id, to: at.eve.id });
    expect(await codeOfAsync(() => at.world.submit(at.bob, 'right.claim', { right_id }))).toBe(
      'BEQUEST_UNKNOWN',
    );
  });

  it('is withdrawn by the holder even while the right is suspended', async () => {
    const at = await scene();
    const right_id = await issue(at, await publish(at));
    const bequeath = async (beneficiary: string | null): Promise<string> =>
      codeOfAsync(() => at.world.submit(at.ann, 'right.bequeath', { right_id, beneficiary, ...will }));
    await bequeath(at.bob.id);
    await at.world.submit(at.bob, 'right.claim', { right_id });
    await at.world.submit(at.maker, 'right.suspend', { right_id, ...REASON });
    expect(await bequeath(at.eve.id)).toBe('RIGHT_NOT_ACTIVE');
    expect(await bequeath(null)).toBe('none');
    at.world.now += 2000;
    await at.world.submit(at.maker, 'right.resume', { right_id, ...REASON });
    expect(await codeOfAsync(() => at.world.submit(at.bob, 'right.claim', { right_id }))).toBe(
      'BEQUEST_UNKNOWN',
    );
  });

  it('refuses short waits, the holder as heir, unknown heirs and strangers', async () => {
    const at = await scene();
    const right_id = await issue(at, await publish(at));
    const code = async (who: 'ann' | 'eve', changes: object): Promise<string> =>
      codeOfAsync(() =>
        at.world.submit(at[who], 'right.bequeath', { right_id, beneficiary: at.bob.id, ...will, ...changes }),
      );
    expect(await code('ann', { waiting_period_s: 999 })).toBe('WAITING_PERIOD_TOO_SHORT');
    expect(await code('ann', { beneficiary: at.ann.id })).toBe('TRANSFER_FORBIDDEN');
    expect(await code('ann', { beneficiary: person('nobody').id })).toBe('ACTOR_UNKNOWN');
    expect(await code('eve', {})).toBe('NOT_HOLDER');
    expect(await code('ann', { beneficiary: undefined })).not.toBe('none');
  });
});

describe('the maker’s hand on a right', () => {
  it('suspends, resumes and revokes, each with a numbered entry', async () => {
    const at = await scene();
    const right_id = await issue(at, await publish(at));
    const act = async (type: 'right.suspend' | 'right.resume' | 'right.revoke'): Promise<string> =>
      codeOfAsync(() => at.world.submit(at.maker, type, { right_id, ...REASON }));
    expect(await act('right.resume')).toBe('ILLEGAL_TRANSITION');
    expect(await act('right.suspend')).toBe('none');
    expect(await act('right.suspend')).toBe('ILLEGAL_TRANSITION');
    expect(at.world.must('right', [right_id]).status).toBe('suspended');
    expect(await act('right.resume')).toBe('none');
    expect(at.world.must('right', [right_id]).status).toBe('active');
    expect(await act('right.revoke')).toBe('none');
    expect(await act('right.revoke')).toBe('REVOKED');
    expect(await act('right.suspend')).toBe('REVOKED');
    expect(await act('right.resume')).toBe('REVOKED');
    expect(at.world.must('revocation-head', []).number).toBe(3);
  });

  it('is the maker’s alone, with a reason', async () => {
    const at = await scene();
    const right_id = await issue(at, await publish(at));
    const code = async (
      who: 'ann' | 'maker',
      body: { right_id: string; reason_code: string },
    ): Promise<string> => codeOfAsync(() => at.world.submit(at[who], 'right.revoke', body));
    expect(await code('ann', { right_id, ...REASON })).toBe('NOT_MAKER');
    expect(await code('maker', { right_id, reason_code: 'nonsense' })).toBe('REASON_UNKNOWN');
    expect(await code('maker', { right_id: 'f'.repeat(64), ...REASON })).toBe('RIGHT_UNKNOWN');
  });

  it('does not undo what an operator holds', async () => {
    const at = await scene();
    const right_id = await issue(at, await publish(at));
    at.world.act('Op1MSP', 'ca-admin', 'revocation.issue', {
      entries: [{ subject_type: 'right', subject_id: right_id, kind: 'hold', reason_code: 'abuse-pattern' }],
    });
    expect(await codeOfAsync(() => at.world.submit(at.maker, 'right.resume', { right_id, ...REASON }))).toBe(
      'ILLEGAL_TRANSITION',
    );
    expect(at.world.must('right', [right_id]).status).toBe('suspended');
  });
});
