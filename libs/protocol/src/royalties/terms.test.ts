import { codeOf, subjectOf } from '../test-support/expect-code';
import { assertRoyaltyTerms, defaultTerms, type RoyaltyTerms } from './terms';

const VALID: RoyaltyTerms = {
  beneficiaries: ['a', 'b'],
  shares_bps: [4000, 6000],
  derivative_royalty_bps: 500,
  max_depth: 8,
};

function parties(count: number): Pick<RoyaltyTerms, 'beneficiaries' | 'shares_bps'> {
  return {
    beneficiaries: Array.from({ length: count }, (_, index) => `p${index}`),
    shares_bps: Array.from({ length: count }, (_, index) => (index === 0 ? 10_000 - (count - 1) : 1)),
  };
}

describe('royalty terms', () => {
  it.each<[string, Partial<RoyaltyTerms>]>([
    ['two beneficiaries', {}],
    ['one beneficiary', parties(1)],
    ['64 beneficiaries', parties(64)],
    ['the lowest rates', { derivative_royalty_bps: 0, max_depth: 1, total_royalty_cap_bps: 0 }],
    ['the highest rates', { derivative_royalty_bps: 10_000, max_depth: 64, total_royalty_cap_bps: 10_000 }],
    ['no verification', { verifications_required: 0 }],
    ['eight verifications', { verifications_required: 8 }],
    ['a beneficiary called __proto__', { beneficiaries: ['__proto__', 'constructor'] }],
  ])('may have %s', (_, change) => {
    expect(
      codeOf(() => {
        assertRoyaltyTerms({ ...VALID, ...change }, '');
      }),
    ).toBe('none');
  });

  it.each<[string, Partial<RoyaltyTerms>, string]>([
    ['no beneficiary', { beneficiaries: [], shares_bps: [] }, '/beneficiaries'],
    ['65 beneficiaries', parties(65), '/beneficiaries'],
    ['300 beneficiaries, which a u8 would count as 44', parties(300), '/beneficiaries'],
    ['a duplicate beneficiary', { beneficiaries: ['a', 'a'] }, '/beneficiaries/1'],
    ['a share too few', { shares_bps: [10_000] }, '/shares_bps'],
    ['a share too many', { shares_bps: [4000, 5000, 1000] }, '/shares_bps'],
    ['a share of zero', { shares_bps: [0, 10_000] }, '/shares_bps/0'],
    ['a negative share', { shares_bps: [10_001, -1] }, '/shares_bps/0'],
    ['a negative share behind', { shares_bps: [10_000, -1] }, '/shares_bps/1'],
    ['a fractional share', { shares_bps: [4000.5, 5999.5] }, '/shares_bps/0'],
    ['a share that is no number', { shares_bps: [NaN, 10_000] }, '/shares_bps/0'],
    ['shares of 9999', { shares_bps: [4000, 5999] }, '/shares_bps'],
    ['shares of 10001', { shares_bps: [4000, 6001] }, '/shares_bps'],
    ['a rate above the whole', { derivative_royalty_bps: 10_001 }, '/derivative_royalty_bps'],
    ['a negative rate', { derivative_royalty_bps: -1 }, '/derivative_royalty_bps'],
    ['a fractional rate', { derivative_royalty_bps: 0.5 }, '/derivative_royalty_bps'],
    ['a depth of 0', { max_depth: 0 }, '/max_depth'],
    ['a depth of 65', { max_depth: 65 }, '/max_depth'],
    ['an endless depth', { max_depth: Infinity }, '/max_depth'],
    ['a cap above the whole', { total_royalty_cap_bps: 10_001 }, '/total_royalty_cap_bps'],
    ['a negative cap', { total_royalty_cap_bps: -1 }, '/total_royalty_cap_bps'],
    ['nine verifications', { verifications_required: 9 }, '/verifications_required'],
    ['minus one verification', { verifications_required: -1 }, '/verifications_required'],
  ])('may not have %s', (_, change, pointer) => {
    const act = (): void => {
      assertRoyaltyTerms({ ...VALID, ...change }, '/body/royalty_terms');
    };
    expect(codeOf(act)).toBe('POLICY_INVALID');
    expect(subjectOf(act)).toBe(`/body/royalty_terms${pointer}`);
  });

  it('are, by default, all for the owner and nothing from derivatives', () => {
    const terms = defaultTerms('owner');
    expect(terms).toEqual({
      beneficiaries: ['owner'],
      shares_bps: [10_000],
      derivative_royalty_bps: 0,
      max_depth: 64,
    });
    expect(
      codeOf(() => {
        assertRoyaltyTerms(terms, '');
      }),
    ).toBe('none');
  });
});
