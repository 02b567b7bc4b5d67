import { RegistryError } from '@maker-registry/protocol';

/** The registry's code of a refusal. Throws when nothing was refused, or for a reason that is not the registry's. */
export async function refused(work: Promise<unknown>): Promise<string> {
  let outcome: unknown;
  try {
    outcome = await work;
  } catch (error) {
    if (error instanceof RegistryError) return error.code;
    throw error;
  }
  throw new Error(`Nothing was refused: ${JSON.stringify(outcome)}`);
}
