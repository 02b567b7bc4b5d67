import { OPERATIONS } from './0001-operations';
import { ACTS } from './0002-acts';
import { type Migration } from './migration';

export const MIGRATIONS: readonly Migration[] = [OPERATIONS, ACTS];
export type { Migration } from './migration';
