export { AUTHORITY_NAMES, type AuthorityName } from './authority-names';
export { type CrlConfig, readCrlConfig } from './crl-config';
export { crlRoutes } from './crl-routes';
export { type CrlService } from './crl-service';
export { type NamedAuthority } from './issue';
export { type CrlDeps, namedAuthorities, openCrlService } from './open-crl-service';
