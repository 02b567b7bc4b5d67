import { RegistryError } from '@maker-registry/protocol';

/** SQLSTATE classes after which another try may succeed: connection, resources, operator intervention, I/O. */
const TRANSIENT_CLASSES: ReadonlySet<string> = new Set(['08', '53', '57', '58']);
/** Serialization failure, deadlock, lock not available. */
const TRANSIENT_STATES: ReadonlySet<string> = new Set(['40001', '40P01', '55P03']);

function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined;
}

/**
 * Whether an error of a statement says that the database is away or busy rather than that the statement is wrong. The
 * driver reports lost connections and time-outs without a SQLSTATE.
 */
export function isDatabaseAway(error: unknown): boolean {
  const state = sqlState(error);
  if (state === undefined) return error instanceof Error && !(error instanceof RegistryError);
  return TRANSIENT_CLASSES.has(state.slice(0, 2)) || TRANSIENT_STATES.has(state);
}

/** Whether the error says that a table or schema isn't there: the mirror has not prepared the database yet. */
export function isRelationMissing(error: unknown): boolean {
  const state = sqlState(error);
  return state === '42P01' || state === '3F000';
}

/** Runs statements for a request: a database that is away or not prepared becomes MIRROR_UNAVAILABLE. */
export async function forRequest<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!isDatabaseAway(error) && !isRelationMissing(error)) throw error;
    throw new RegistryError('MIRROR_UNAVAILABLE', 'The database is away or not ready; try again later.', {
      cause: error,
    });
  }
}
