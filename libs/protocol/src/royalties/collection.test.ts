import { type Credit } from '../domain/settlement';
import { codeOf, subjectOf } from '../test-support/expect-code';
import { collectCredits, type SourceState } from './collection';

const [BENEFICIARY, SOURCE, OTHER, INTENT] = ['a1', 'b1', 'b2', 'c1'].map((byte) => byte.repeat(32)) as [
  string,
  string,
  string,
  string,
];

function owing(amount: string): SourceState {
  const credit: Credit = {
    beneficiary: BENEFICIARY,
    currency: 'EUR',
    source: SOURCE,
    source_type: 'suspense',
    amount,
    lines: [],
    credited: { tx_id: 'd1'.repeat(32), at: 1_800_000_000 },
  };
  return { settlement: undefined, credit, mark: undefined };
}

const collect = (credits: readonly string[], sources: readonly SourceState[]) => () =>
  collectCredits(BENEFICIARY, { currency: 'EUR', credits }, sources, INTENT);

describe('collecting', () => {
  it('adds up what each source owes and marks each', () => {
    const { amount, writes } = collect([SOURCE, OTHER], [owing('5'), owing('7')])();
    expect(amount).toBe(12n);
    expect(writes.map(({ id, value }) => [id.at(-1), value])).toEqual([
      [SOURCE, { amount: '5', intent_id: INTENT }],
      [OTHER, { amount: '7', intent_id: INTENT }],
    ]);
  });

  it('refuses a source that is named twice, whether or not a schema looked before', () => {
    const twice = collect([SOURCE, SOURCE], [owing('5'), owing('5')]);
    expect([codeOf(twice), subjectOf(twice)]).toEqual(['CREDIT_COLLECTED', '/body/credits/1']);
  });

  it.each<[string, readonly SourceState[], string]>([
    ['has been collected', [{ ...owing('5'), mark: { amount: '5', intent_id: INTENT } }], 'CREDIT_COLLECTED'],
    ['is unknown', [{ settlement: undefined, credit: undefined, mark: undefined }], 'CREDIT_UNKNOWN'],
    ['was not loaded', [], 'CREDIT_UNKNOWN'],
  ])('refuses a source that %s', (_, sources, code) => {
    expect(codeOf(collect([SOURCE], sources))).toBe(code);
  });
});
