/** Every bound of the mirror, with its unit and reason. */

/** Advisory lock key (any constant unique in the database): one migration at a time. */
export const MIGRATION_LOCK = 7_301_001;

/** Advisory lock key: the one mirror that writes; others wait for it. */
export const LEADER_LOCK = 7_301_002;
