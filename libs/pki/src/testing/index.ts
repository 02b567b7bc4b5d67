export { type Authority, authority, pemToDer } from './authority';
export { crlContent, ISSUER, KEY_ID, NEXT_UPDATE, THIS_UPDATE } from './content';
export { type IssueOptions, OpensslCa, type RootOptions } from './openssl-ca';
