import { type CertificateFields } from './certificate';
import { TAG } from './der-tags';
import { element } from './der-writer';
import { type CertificateDistributionPoint, type IssuingDistributionPoint } from './distribution-point';
import { type CrlList } from './parse-crl';

/** Reason flags 1 to 8 of RFC 5280 §4.2.1.13: a certificate is good only when CRLs for all of them were asked. */
export const ALL_REASONS = 0b1_1111_1110;

/** Of a certificate that names no distribution point: its issuer's own list (RFC 5280 §6.3.3, last paragraph). */
function defaultPoint(certificate: CertificateFields): CertificateDistributionPoint {
  const name = element(TAG.contextConstructed + 4, certificate.issuer).toString('hex');
  return { names: [name], reasons: undefined, otherIssuer: false };
}

/**
 * The revocation reasons for which a CRL speaks of this certificate, as a mask; 0 if it does not (RFC 5280 §6.3.3 b, d). A
 * CRL of another shard, of CA certificates only, or an indirect one, says nothing about it.
 */
export function coveredReasons({ scope }: Pick<CrlList, 'scope'>, certificate: CertificateFields): number {
  if (scope !== undefined && !speaksOfKind(scope, certificate)) return 0;
  const points =
    certificate.distributionPoints.length === 0
      ? [defaultPoint(certificate)]
      : certificate.distributionPoints.filter(({ otherIssuer }) => !otherIssuer);
  return points
    .filter((point) => isSamePoint(scope, point))
    .reduce((mask, point) => mask | (reasonsOf(scope) & reasonsOf(point)), 0);
}

function speaksOfKind(scope: IssuingDistributionPoint, certificate: CertificateFields): boolean {
  if (scope.indirect || scope.onlyContains === 'attributeCertificates') return false;
  if (scope.onlyContains === undefined) return true;
  return (scope.onlyContains === 'caCertificates') === certificate.isCa;
}

/** Without a name on either side there is nothing to tell apart. */
function isSamePoint(
  scope: IssuingDistributionPoint | undefined,
  point: CertificateDistributionPoint,
): boolean {
  if (scope === undefined || scope.names.length === 0 || point.names.length === 0) return true;
  return scope.names.some((name) => point.names.includes(name));
}

function reasonsOf(point: { readonly reasons: number | undefined } | undefined): number {
  return (point?.reasons ?? ALL_REASONS) & ALL_REASONS;
}
