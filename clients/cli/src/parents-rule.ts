import { isRegistryError, provenanceRules, type ProvenanceRules } from '@maker-registry/protocol';
import { ClientError, isClientError, type RegistryClient } from '@maker-registry/sdk';
import { type Given, optional } from '@maker-registry/guard';
import { type CliContext } from './command';

/** Whether a record's parent must be registered. */
export type ParentsRule = ProvenanceRules['parents'];

const UNREAD = 'The network’s rule for parents could not be read; permissive is applied.';

/** The rule of --parents; undefined where it is not given. Throws USAGE. */
export function givenParentsRule(given: Given): ParentsRule | undefined {
  const rule = optional(given, 'parents');
  if (rule === undefined || rule === 'permissive' || rule === 'strict') return rule;
  throw new ClientError('USAGE', '--parents is permissive or strict.', { subject: 'parents' });
}

/** The rule of the network's parameters. A gateway that does not give them leaves the permissive one, and that is told. */
export async function networkParentsRule(
  client: RegistryClient,
  tell: CliContext['tell'],
): Promise<ParentsRule> {
  try {
    return provenanceRules(await client.read.parameters()).parents === 'strict' ? 'strict' : 'permissive';
  } catch (error) {
    if (!isRegistryError(error) && !isClientError(error)) throw error;
    tell({ event: 'parents-unknown', parents: 'permissive', code: error.code, message: UNREAD });
    return 'permissive';
  }
}
