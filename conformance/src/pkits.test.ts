import { checkRevocation, type RevocationVerdict } from '@maker-registry/pki';
import { PKITS_CASES, type PkitsCase } from './pkits-cases';
import { pkitsFile } from './tools';

/** 2012-10-12, when the suite's files were current. */
const AT = 1_350_000_000;

function answer({ certificate, issuers, crls }: PkitsCase): RevocationVerdict {
  return checkRevocation({
    certificate: pkitsFile('certs', certificate),
    issuers: ['TrustAnchorRootCertificate', ...issuers].map((name) => pkitsFile('certs', name)),
    crls: ['TrustAnchorRootCRL', ...crls].map((name) => pkitsFile('crls', name)),
    at: AT,
  });
}

const cases = PKITS_CASES.map((one): [string, string, PkitsCase] => [one.id, one.certificate, one]);

describe('PKITS', () => {
  it.each(cases)('%s %s', (_id, _name, one) => {
    const { status, code } = answer(one);
    expect(`${status} ${code}`).toBe(one.answer);
  });

  it('has every case that the suite says is invalid refused, and says why one that is valid is not good', () => {
    for (const one of PKITS_CASES) {
      const good = answer(one).status === 'good';
      const valid = one.certificate.startsWith('Valid');
      expect([one.id, good || one.because !== undefined]).toEqual([one.id, valid]);
    }
  });

  it('has all of §4.4, §4.14 and §4.15', () => {
    const counted = (section: string): number =>
      PKITS_CASES.filter(({ id }) => id.startsWith(`${section}.`)).length;
    expect([counted('4.4'), counted('4.14'), counted('4.15')]).toEqual([21, 35, 10]);
  });
});
