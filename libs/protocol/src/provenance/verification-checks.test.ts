import { type CheckEntry, CHECKS } from './verification-checks';
import { VERIFICATION_STATUSES } from './verification-status';

/** Status codes of C2PA 2.2, by what they are there. */
const C2PA_SUCCESS = [
  'claimSignature.validated',
  'claimSignature.insideValidity',
  'signingCredential.trusted',
  'signingCredential.ocsp.notRevoked',
  'timeStamp.validated',
  'timeStamp.trusted',
  'assertion.hashedURI.match',
  'assertion.dataHash.match',
  'assertion.accessible',
  'ingredient.manifest.validated',
  'ingredient.claimSignature.validated',
];
const C2PA_OTHERS = [
  'signingCredential.ocsp.skipped',
  'signingCredential.ocsp.inaccessible',
  'timeStamp.mismatch',
  'timeStamp.outsideValidity',
  'timeStamp.untrusted',
  'manifest.unknownProvenance',
  'ingredient.unknownProvenance',
  'algorithm.deprecated',
  'claim.malformed',
  'claim.missing',
  'claim.multiple',
  'claim.hardBindings.missing',
  'claimSignature.missing',
  'claimSignature.mismatch',
  'claimSignature.outsideValidity',
  'manifest.inaccessible',
  'manifest.multipleParents',
  'signingCredential.untrusted',
  'signingCredential.invalid',
  'signingCredential.ocsp.revoked',
  'signingCredential.expired',
  'assertion.hashedURI.mismatch',
  'assertion.missing',
  'assertion.inaccessible',
  'assertion.json.invalid',
  'assertion.dataHash.mismatch',
  'assertion.outsideManifest',
  'assertion.ingredient.malformed',
  'algorithm.unsupported',
  'general.error',
  'ingredient.manifest.missing',
  'ingredient.manifest.mismatch',
  'hashedURI.missing',
  'hashedURI.mismatch',
];

describe('the table of checks', () => {
  const entries: [string, CheckEntry][] = Object.entries(CHECKS);

  it.each(entries)('%s has a C2PA code that exists, or says why there is none', (_code, entry) => {
    if (entry.c2pa !== null) expect([...C2PA_SUCCESS, ...C2PA_OTHERS]).toContain(entry.c2pa);
    expect(entry.reason).toMatch(/\.$/);
    expect(entry.explanation).toMatch(/\.$/);
  });

  it('never calls something good that C2PA calls a failure, nor the other way round', () => {
    for (const [, { severity, c2pa }] of entries) {
      if (c2pa !== null) expect(C2PA_SUCCESS.includes(c2pa)).toBe(severity === 'success');
    }
  });

  it('asks for a status with every failure, and for none with what holds', () => {
    for (const [, { severity, status }] of entries) {
      if (severity === 'failure') expect(status).not.toBeNull();
      if (severity === 'success') expect(status).toBeNull();
      if (severity === 'informational') expect([null, 'INCONCLUSIVE']).toContain(status);
    }
  });

  it('can reach every status but VALID', () => {
    const reached = new Set(entries.map(([, { status }]) => status));
    for (const status of VERIFICATION_STATUSES) expect(reached.has(status)).toBe(status !== 'VALID');
  });
});
