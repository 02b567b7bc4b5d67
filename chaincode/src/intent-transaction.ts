import {
  admitIntent,
  canonicalize,
  expectIntentType,
  isMarked,
  ledgerKeys,
  openIntent,
  type Actor,
  type Intent,
  type IntentContext,
  type LedgerIntentType,
  type RuleOutcome,
} from '@maker-registry/protocol';
import type { Ledger } from './ledger/ledger';
import { readsOfIntent } from './read-ahead';
import type { RegistryContext } from './registry-context';

/** What a contract gets of an intent that has been admitted: signatures, network, time and nonce are judged. */
export interface AdmittedIntent<Type extends LedgerIntentType> {
  readonly intent: Intent<Type>;
  /** Who wants it. Only the registration of an actor comes from nobody yet. */
  readonly actor: Type extends 'actor.register' ? undefined : Actor;
  readonly ledger: Ledger;
  readonly context: IntentContext;
}

/** Loads what a rule needs, and asks it. */
export type Decide<Type extends LedgerIntentType> = (
  admitted: AdmittedIntent<Type>,
) => RuleOutcome | Promise<RuleOutcome>;

/**
 * Runs one intent: open, admit, decide, store. The intent's mark, which refuses a replay, commits or vanishes together
 * with what the rule decides.
 *
 * @returns the rule's result, canonical JSON
 * @throws {RegistryError} for everything that `openIntent`, `expectIntentType`, `admitIntent` and the rule refuse.
 */
export async function runIntent<Type extends LedgerIntentType>(
  { transaction }: RegistryContext,
  type: Type,
  envelope: string,
  decide: Decide<Type>,
): Promise<string> {
  const { ledger, txId, at } = transaction;
  const opened = expectIntentType(openIntent(envelope), type);
  const { intent, intentId } = opened;
  await ledger.prefetch(readsOfIntent(type, intent));
  const parameters = await ledger.get('parameters', ledgerKeys.parameters());
  const replayed = isMarked(intent)
    ? await ledger.get('intent', ledgerKeys.intent(intent.actor, intent.nonce))
    : undefined;
  const actor = await ledger.get('actor', ledgerKeys.actor(intent.actor));
  const countersigner = await loadCountersigner(ledger, intent);
  const admitted = admitIntent({ envelope: opened, parameters, actor, countersigner, replayed, at });
  const outcome = await decide({
    intent,
    // `admitIntent` refuses an unknown actor, and a known one that registers again.
    actor: actor as AdmittedIntent<Type>['actor'],
    ledger,
    context: { txId, at, intentId, parameters: admitted.parameters },
  });
  for (const write of [...admitted.writes, ...outcome.writes]) ledger.put(write);
  return canonicalize(outcome.result);
}

async function loadCountersigner(ledger: Ledger, intent: Intent): Promise<Actor | undefined> {
  if (intent.type !== 'right.sell') return undefined;
  const { buyer } = (intent as Intent<'right.sell'>).body;
  return ledger.get('actor', ledgerKeys.actor(buyer));
}
