import { TRUST_MIGRATIONS } from '../../trust';
import { OPERATIONS } from './0001-operations';
import { ACTS } from './0002-acts';
import { type Migration } from './migration';

export const MIGRATIONS: readonly Migration[] = [OPERATIONS, ACTS, ...TRUST_MIGRATIONS];
export type { Migration } from './migration';
