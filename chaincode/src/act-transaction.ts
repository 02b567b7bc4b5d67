import {
  canonicalize,
  ledgerKeys,
  parseActArgument,
  requireRole,
  type ActArguments,
  type ActContext,
  type ActName,
  type RuleOutcome,
} from '@maker-registry/protocol';
import type { Ledger } from './ledger/ledger';
import { readsOfAct } from './read-ahead';
import type { RegistryContext } from './registry-context';

/** What a contract gets of a role act: the argument's form and the caller's role are judged. */
export interface AdmittedAct<Name extends ActName> {
  readonly argument: ActArguments[Name];
  readonly ledger: Ledger;
  readonly context: ActContext;
}

/**
 * Runs one act of a Fabric identity: role, argument, decide, store. The role comes first, so that nobody without one can
 * make an endorser load two hundred subjects.
 *
 * @returns the rule's result, canonical JSON
 * @throws {RegistryError} for everything that `requireRole`, `parseActArgument` and the rule refuse.
 */
export async function runAct<Name extends ActName>(
  { transaction }: RegistryContext,
  name: Name,
  argument: string,
  decide: (admitted: AdmittedAct<Name>) => Promise<RuleOutcome>,
): Promise<string> {
  const { ledger, txId, at, caller } = transaction;
  requireRole(name, caller);
  const parsed = parseActArgument(name, argument);
  await ledger.prefetch(readsOfAct(name, parsed, caller.mspId));
  const parameters = await ledger.get('parameters', ledgerKeys.parameters());
  const outcome = await decide({ argument: parsed, ledger, context: { txId, at, caller, parameters } });
  for (const write of outcome.writes) ledger.put(write);
  return canonicalize(outcome.result);
}
