/** The CA of identities, and the CA of TLS certificates. */
export const AUTHORITY_NAMES = ['ca', 'tlsca'] as const;
export type AuthorityName = (typeof AUTHORITY_NAMES)[number];
