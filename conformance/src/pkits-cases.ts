/** One case of NIST's Public Key Interoperability Test Suite, version 1.0.1. */
export interface PkitsCase {
  /** Section and number in the suite's description. */
  readonly id: string;
  /** Names of files: the end entity's certificate, its CAs, their CRLs. */
  readonly certificate: string;
  readonly issuers: readonly string[];
  readonly crls: readonly string[];
  /** Our answer. */
  readonly answer: string;
  /** Where the suite has the path valid and we do not say good: why. */
  readonly because?: string;
}

const INDIRECT = 'indirect CRLs are not supported: a CA of ours signs its own lists';

function one(
  id: string,
  certificate: string,
  [issuers, crls]: readonly [readonly string[], readonly string[]],
  answer: string,
  because?: string,
): PkitsCase {
  return { id, certificate, issuers, crls, answer, ...(because === undefined ? {} : { because }) };
}

/** A CA's files: its certificates and its lists, by the names without their endings. */
function ca(
  name: string,
  crls: readonly string[] = [`${name}CACRL`],
  certificates = [`${name}CACert`],
): [readonly string[], readonly string[]] {
  return [certificates, crls];
}

const DELTA = (n: number): [readonly string[], readonly string[]] =>
  ca('', [`deltaCRLCA${n}CRL`, `deltaCRLCA${n}deltaCRL`], [`deltaCRLCA${n}Cert`]);
const REASONS = (n: number, ...crls: string[]): [readonly string[], readonly string[]] =>
  ca(
    '',
    crls.map((crl) => `onlySomeReasonsCA${n}${crl}`),
    [`onlySomeReasonsCA${n}Cert`],
  );
const SPLIT = ['compromiseCRL', 'otherreasonsCRL'];
const SEPARATE: [readonly string[], readonly string[]] = ca(
  '',
  ['SeparateCertificateandCRLKeysCRL'],
  ['SeparateCertificateandCRLKeysCertificateSigningCACert', 'SeparateCertificateandCRLKeysCRLSigningCert'],
);
const SEPARATE_2: [readonly string[], readonly string[]] = ca(
  '',
  ['SeparateCertificateandCRLKeysCA2CRL'],
  [
    'SeparateCertificateandCRLKeysCA2CertificateSigningCACert',
    'SeparateCertificateandCRLKeysCA2CRLSigningCert',
  ],
);
const INDIRECT_1 = ca('', ['indirectCRLCA1CRL'], ['indirectCRLCA1Cert']);
const INDIRECT_2 = ca('', ['indirectCRLCA1CRL'], ['indirectCRLCA2Cert', 'indirectCRLCA1Cert']);
const INDIRECT_3 = ca(
  '',
  ['indirectCRLCA3CRL', 'indirectCRLCA3cRLIssuerCRL'],
  ['indirectCRLCA3Cert', 'indirectCRLCA3cRLIssuerCert'],
);
const INDIRECT_4 = ca(
  '',
  ['indirectCRLCA4cRLIssuerCRL'],
  ['indirectCRLCA4Cert', 'indirectCRLCA4cRLIssuerCert'],
);
const INDIRECT_5 = ca('', ['indirectCRLCA5CRL'], ['indirectCRLCA5Cert']);
const INDIRECT_6 = ca('', ['indirectCRLCA5CRL'], ['indirectCRLCA6Cert', 'indirectCRLCA5Cert']);

/** §4.4 Basic certificate revocation tests. */
const BASIC: readonly PkitsCase[] = [
  one('4.4.1', 'InvalidMissingCRLTest1EE', ca('NoCRL', []), 'unknown CRL_MISSING'),
  one(
    '4.4.2',
    'InvalidRevokedCATest2EE',
    ca('', ['GoodCACRL', 'RevokedsubCACRL'], ['GoodCACert', 'RevokedsubCACert']),
    'revoked ISSUER_REVOKED',
  ),
  one('4.4.3', 'InvalidRevokedEETest3EE', ca('Good'), 'revoked REVOKED'),
  one('4.4.4', 'InvalidBadCRLSignatureTest4EE', ca('BadCRLSignature'), 'invalid CRL_MALFORMED'),
  one('4.4.5', 'InvalidBadCRLIssuerNameTest5EE', ca('BadCRLIssuerName'), 'unknown CRL_MISSING'),
  one('4.4.6', 'InvalidWrongCRLTest6EE', ca('WrongCRL'), 'unknown CRL_MISSING'),
  one('4.4.7', 'ValidTwoCRLsTest7EE', ca('TwoCRLs', ['TwoCRLsCAGoodCRL', 'TwoCRLsCABadCRL']), 'good OK'),
  one(
    '4.4.8',
    'InvalidUnknownCRLEntryExtensionTest8EE',
    ca('UnknownCRLEntryExtension'),
    'invalid CRL_CRITICAL_EXTENSION',
  ),
  one(
    '4.4.9',
    'InvalidUnknownCRLExtensionTest9EE',
    ca('UnknownCRLExtension'),
    'invalid CRL_CRITICAL_EXTENSION',
  ),
  one(
    '4.4.10',
    'InvalidUnknownCRLExtensionTest10EE',
    ca('UnknownCRLExtension'),
    'invalid CRL_CRITICAL_EXTENSION',
  ),
  one('4.4.11', 'InvalidOldCRLnextUpdateTest11EE', ca('OldCRLnextUpdate'), 'invalid CRL_STALE'),
  one('4.4.12', 'Invalidpre2000CRLnextUpdateTest12EE', ca('pre2000CRLnextUpdate'), 'invalid CRL_STALE'),
  one('4.4.13', 'ValidGeneralizedTimeCRLnextUpdateTest13EE', ca('GeneralizedTimeCRLnextUpdate'), 'good OK'),
  one(
    '4.4.14',
    'ValidNegativeSerialNumberTest14EE',
    ca('NegativeSerialNumber'),
    'invalid CRL_MALFORMED',
    'RFC 5280 §4.1.2.2: a serial number is positive',
  ),
  one(
    '4.4.15',
    'InvalidNegativeSerialNumberTest15EE',
    ca('NegativeSerialNumber'),
    'invalid CERTIFICATE_MALFORMED',
  ),
  one('4.4.16', 'ValidLongSerialNumberTest16EE', ca('LongSerialNumber'), 'good OK'),
  one('4.4.17', 'ValidLongSerialNumberTest17EE', ca('LongSerialNumber'), 'good OK'),
  one('4.4.18', 'InvalidLongSerialNumberTest18EE', ca('LongSerialNumber'), 'revoked REVOKED'),
  one('4.4.19', 'ValidSeparateCertificateandCRLKeysTest19EE', SEPARATE, 'good OK'),
  one('4.4.20', 'InvalidSeparateCertificateandCRLKeysTest20EE', SEPARATE, 'revoked REVOKED'),
  one('4.4.21', 'InvalidSeparateCertificateandCRLKeysTest21EE', SEPARATE_2, 'unknown ISSUER_REVOKED'),
];

/** §4.14 Distribution points. */
const POINTS: readonly PkitsCase[] = [
  one('4.14.1', 'ValiddistributionPointTest1EE', ca('distributionPoint1'), 'good OK'),
  one('4.14.2', 'InvaliddistributionPointTest2EE', ca('distributionPoint1'), 'revoked REVOKED'),
  one('4.14.3', 'InvaliddistributionPointTest3EE', ca('distributionPoint1'), 'unknown CRL_SCOPE_MISMATCH'),
  one('4.14.4', 'ValiddistributionPointTest4EE', ca('distributionPoint1'), 'good OK'),
  one('4.14.5', 'ValiddistributionPointTest5EE', ca('distributionPoint2'), 'good OK'),
  one('4.14.6', 'InvaliddistributionPointTest6EE', ca('distributionPoint2'), 'revoked REVOKED'),
  one('4.14.7', 'ValiddistributionPointTest7EE', ca('distributionPoint2'), 'good OK'),
  one('4.14.8', 'InvaliddistributionPointTest8EE', ca('distributionPoint2'), 'unknown CRL_SCOPE_MISMATCH'),
  one('4.14.9', 'InvaliddistributionPointTest9EE', ca('distributionPoint2'), 'unknown CRL_SCOPE_MISMATCH'),
  one('4.14.10', 'ValidNoissuingDistributionPointTest10EE', ca('NoissuingDistributionPoint'), 'good OK'),
  one(
    '4.14.11',
    'InvalidonlyContainsUserCertsTest11EE',
    ca('onlyContainsUserCerts'),
    'unknown CRL_SCOPE_MISMATCH',
  ),
  one(
    '4.14.12',
    'InvalidonlyContainsCACertsTest12EE',
    ca('onlyContainsCACerts'),
    'unknown CRL_SCOPE_MISMATCH',
  ),
  one('4.14.13', 'ValidonlyContainsCACertsTest13EE', ca('onlyContainsCACerts'), 'good OK'),
  one(
    '4.14.14',
    'InvalidonlyContainsAttributeCertsTest14EE',
    ca('onlyContainsAttributeCerts'),
    'unknown CRL_SCOPE_MISMATCH',
  ),
  one('4.14.15', 'InvalidonlySomeReasonsTest15EE', REASONS(1, ...SPLIT), 'revoked REVOKED'),
  one('4.14.16', 'InvalidonlySomeReasonsTest16EE', REASONS(1, ...SPLIT), 'held HELD'),
  one(
    '4.14.17',
    'InvalidonlySomeReasonsTest17EE',
    REASONS(2, 'CRL1', 'CRL2'),
    'unknown CRL_REASONS_INCOMPLETE',
  ),
  one('4.14.18', 'ValidonlySomeReasonsTest18EE', REASONS(3, ...SPLIT), 'good OK'),
  one('4.14.19', 'ValidonlySomeReasonsTest19EE', REASONS(4, ...SPLIT), 'good OK'),
  one('4.14.20', 'InvalidonlySomeReasonsTest20EE', REASONS(4, ...SPLIT), 'revoked REVOKED'),
  one('4.14.21', 'InvalidonlySomeReasonsTest21EE', REASONS(4, ...SPLIT), 'revoked REVOKED'),
  one('4.14.22', 'ValidIDPwithindirectCRLTest22EE', INDIRECT_1, 'unknown CRL_UNSUPPORTED', INDIRECT),
  one('4.14.23', 'InvalidIDPwithindirectCRLTest23EE', INDIRECT_1, 'unknown CRL_UNSUPPORTED'),
  one('4.14.24', 'ValidIDPwithindirectCRLTest24EE', INDIRECT_2, 'unknown CRL_MISSING', INDIRECT),
  one('4.14.25', 'ValidIDPwithindirectCRLTest25EE', INDIRECT_2, 'unknown CRL_MISSING', INDIRECT),
  one('4.14.26', 'InvalidIDPwithindirectCRLTest26EE', INDIRECT_2, 'unknown CRL_MISSING'),
  one(
    '4.14.27',
    'InvalidcRLIssuerTest27EE',
    ca('', ['GoodCACRL'], ['indirectCRLCA2Cert', 'GoodCACert']),
    'unknown CRL_MISSING',
  ),
  one('4.14.28', 'ValidcRLIssuerTest28EE', INDIRECT_3, 'unknown CRL_SCOPE_MISMATCH', INDIRECT),
  one('4.14.29', 'ValidcRLIssuerTest29EE', INDIRECT_3, 'unknown CRL_SCOPE_MISMATCH', INDIRECT),
  one('4.14.30', 'ValidcRLIssuerTest30EE', INDIRECT_4, 'unknown CRL_MISSING', INDIRECT),
  one('4.14.31', 'InvalidcRLIssuerTest31EE', INDIRECT_6, 'unknown CRL_MISSING'),
  one('4.14.32', 'InvalidcRLIssuerTest32EE', INDIRECT_6, 'unknown CRL_MISSING'),
  one('4.14.33', 'ValidcRLIssuerTest33EE', INDIRECT_6, 'unknown CRL_MISSING', INDIRECT),
  one('4.14.34', 'InvalidcRLIssuerTest34EE', INDIRECT_5, 'invalid CRL_CRITICAL_EXTENSION'),
  one('4.14.35', 'InvalidcRLIssuerTest35EE', INDIRECT_5, 'invalid CRL_CRITICAL_EXTENSION'),
];

/** §4.15 Delta CRLs. */
const DELTAS: readonly PkitsCase[] = [
  one(
    '4.15.1',
    'InvaliddeltaCRLIndicatorNoBaseTest1EE',
    ca('deltaCRLIndicatorNoBase'),
    'unknown CRL_BASE_MISSING',
  ),
  one('4.15.2', 'ValiddeltaCRLTest2EE', DELTA(1), 'good OK'),
  one('4.15.3', 'InvaliddeltaCRLTest3EE', DELTA(1), 'revoked REVOKED'),
  one('4.15.4', 'InvaliddeltaCRLTest4EE', DELTA(1), 'revoked REVOKED'),
  one('4.15.5', 'ValiddeltaCRLTest5EE', DELTA(1), 'good OK'),
  one('4.15.6', 'InvaliddeltaCRLTest6EE', DELTA(1), 'revoked REVOKED'),
  one('4.15.7', 'ValiddeltaCRLTest7EE', DELTA(1), 'good OK'),
  one('4.15.8', 'ValiddeltaCRLTest8EE', DELTA(2), 'good OK'),
  one('4.15.9', 'InvaliddeltaCRLTest9EE', DELTA(2), 'revoked REVOKED'),
  one('4.15.10', 'InvaliddeltaCRLTest10EE', DELTA(3), 'invalid CRL_STALE'),
];

/** The cases of the suite that are about revocation. */
export const PKITS_CASES: readonly PkitsCase[] = [...BASIC, ...POINTS, ...DELTAS];
