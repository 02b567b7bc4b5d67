import { type Migration } from '../../database/migrations/migration';
import { REACH } from '../../reach/migrations/0005-reach';
import { AUDIT } from '../../audit/migrations/0008-audit';
import { TRUST } from './0003-trust';
import { CERTIFICATES } from './0004-certificates';
import { LISTS } from './0006-lists';
import { RELEASE } from './0007-release';
import { DEVICE_WARNINGS } from './0009-device-warnings';

/** Steps of the trust services, to follow the gateway's own. */
export const TRUST_MIGRATIONS: readonly Migration[] = [
  TRUST,
  CERTIFICATES,
  REACH,
  LISTS,
  RELEASE,
  AUDIT,
  DEVICE_WARNINGS,
];
