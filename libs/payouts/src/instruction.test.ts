import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { assertInstruction, instructionCommitment, parseInstruction } from './instruction';
import { codeOf, errorOf } from './test-support/expect-code';
import { anInstruction } from './test-support/scene';

const text = (value: unknown): string => JSON.stringify(value);

describe('a payout instruction', () => {
  it('is read as written, with and without optional members', () => {
    const full = anInstruction({ bic: 'BNPAFRPPXXX', country: 'FR' });
    expect(parseInstruction(text(full))).toEqual(full);
    expect(parseInstruction(text(anInstruction()))).toEqual(anInstruction());
  });

  it('commits to the length-prefixed domain and the canonical document', () => {
    const instruction = anInstruction({ bic: 'BNPAFRPP' });
    const canonical =
      `{"beneficiary":"${instruction.beneficiary}","bic":"BNPAFRPP","iban":"${instruction.iban}",` +
      `"name":"${instruction.name}","salt":"${instruction.salt}"}`;
    const expected = createHash('sha256').update(`\u000cWM_PAYOUT_V1${canonical}`, 'utf8').digest('hex');
    expect(instructionCommitment(instruction)).toBe(expected);
    const { salt, ...others } = instruction;
    expect(instructionCommitment({ salt, ...others })).toBe(expected);
  });

  it('has another commitment with any other member', () => {
    const seen = new Set(
      [
        anInstruction(),
        anInstruction({ salt: 'ac'.repeat(32) }),
        anInstruction({ name: 'Ada Maker 2' }),
        anInstruction({ bic: 'BNPAFRPP' }),
        anInstruction({ country: 'FR' }),
        anInstruction({ beneficiary: 'ff'.repeat(32) }),
      ].map(instructionCommitment),
    );
    expect(seen.size).toBe(6);
  });

  it.each([
    ['no salt', { salt: undefined }, '/salt'],
    ['a short salt', { salt: 'ab' }, '/salt'],
    ['upper-case hex', { salt: 'AB'.repeat(32) }, '/salt'],
    ['no name', { name: undefined }, '/name'],
    ['an empty name', { name: '' }, '/name'],
    ['a long name', { name: 'a'.repeat(71) }, '/name'],
    ['a name with an umlaut', { name: 'Müller' }, '/name'],
    ['a name that is a number', { name: 7 }, '/name'],
    ['a mistyped IBAN', { iban: 'FR1420041010050500013M02607' }, '/iban'],
    ['an IBAN with spaces', { iban: 'FR14 2004 1010 0505 0001 3M02 606' }, '/iban'],
    ['an account number', { iban: '0532013000' }, '/iban'],
    ['a short BIC', { bic: 'BNPAFR' }, '/bic'],
    ['a BIC of nine characters', { bic: 'BNPAFRPPX' }, '/bic'],
    ['a lower-case BIC', { bic: 'bnpafrpp' }, '/bic'],
    ['a country by name', { country: 'France' }, '/country'],
    ['a foreign beneficiary id', { beneficiary: 'me' }, '/beneficiary'],
    ['an unknown member', { address: 'x' }, '/address'],
  ])('is refused with %s', (_what, changes, subject) => {
    const error = errorOf(() => parseInstruction(text({ ...anInstruction(), ...changes })));
    expect(error).toMatchObject({ code: 'SCHEMA_VIOLATION', subject });
  });

  it('is refused when it is not one strict JSON object', () => {
    expect(codeOf(() => parseInstruction(''))).toBe('JSON_MALFORMED');
    expect(codeOf(() => parseInstruction('[]'))).toBe('SCHEMA_VIOLATION');
    expect(codeOf(() => parseInstruction('null'))).toBe('SCHEMA_VIOLATION');
    expect(codeOf(() => parseInstruction('{"iban":"a","iban":"b"}'))).toBe('JSON_DUPLICATE_KEY');
    expect(codeOf(() => parseInstruction(' '.repeat(5_000)))).toBe('TOO_LARGE');
  });

  it('never repeats what a person wrote in a refusal', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z]{8,20}$/), (secret) => {
        const refusals = [{ name: `${secret}_` }, { iban: secret }, { bic: `${secret}_` }].map((changes) =>
          errorOf(() => {
            assertInstruction({ ...anInstruction(), ...changes });
          }),
        );
        for (const { message } of refusals) expect(message).not.toContain(secret);
      }),
    );
  });
});
