import { createHash } from 'node:crypto';
import { licenseId, type IntentBodies, type LicenseTerms, type RiskClass } from '@maker-registry/protocol';

/** Terms that permit everything and leave the maker 5 % of each resale. */
export const OPEN_TERMS: LicenseTerms = {
  actions: ['execute', 'resell', 'adapt'],
  purposes: ['research', 'deployment'],
  limits: {},
  transfer: { resale: true, gift: true, bequest: true },
  resale_royalty_bps: 500,
  obligations: ['attribution'],
};

/** Terms are content-addressed: a distinct `mark` gives a license of its own. */
export function termsMarked(mark: string): LicenseTerms {
  return { ...OPEN_TERMS, text_digest: sha256(mark) };
}

export function licenseBody(mark: string): IntentBodies['license.define'] {
  return { name: mark, terms: termsMarked(mark) };
}

export function markedLicenseId(licensor: string, mark: string): string {
  return licenseId(licensor, termsMarked(mark));
}

export function artifactBody(
  name: string,
  license: string,
  riskClass: RiskClass = 'low',
): IntentBodies['artifact.register'] {
  return {
    kind: 'library',
    name,
    version: '1.0.0',
    root_digest: sha256(name),
    parents: [],
    license_id: license,
    risk: { class: riskClass, domains: [], declaration: 'Made for a test.' },
  };
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
