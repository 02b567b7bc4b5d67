import type { LedgerDocuments, LedgerKind, RuleResult } from '@maker-registry/protocol';
import type { ReplayOutcome } from '../determinism/replay';
import { compositeKey } from '../ledger/state-keys';
import type { Scenario } from './scenario';

/** The code that a transaction was refused with; undefined where it succeeded. */
export function refusalCode({ error }: ReplayOutcome): string | undefined {
  return error === undefined ? undefined : (JSON.parse(error) as { code: string }).code;
}

/** The subject of a refusal. */
export function refusalSubject({ error }: ReplayOutcome): string | undefined {
  return error === undefined ? undefined : (JSON.parse(error) as { subject?: string }).subject;
}

/** The result of a transaction that succeeded. @throws {Error} with the refusal where it did not. */
export function resultOf(outcome: ReplayOutcome): RuleResult {
  if (outcome.result === undefined) throw new Error(`refused: ${outcome.error ?? ''}`);
  return JSON.parse(outcome.result) as RuleResult;
}

/** A document as the scenario's ledger holds it. @throws {Error} where there is none. */
export function documentOf<Kind extends LedgerKind>(
  scenario: Scenario,
  kind: Kind,
  id: readonly string[],
): LedgerDocuments[Kind] {
  const bytes = scenario.replay.state.get(compositeKey(kind, id));
  if (bytes === undefined) throw new Error(`the ledger holds no ${kind} ${id.join('/')}`);
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as LedgerDocuments[Kind];
}
