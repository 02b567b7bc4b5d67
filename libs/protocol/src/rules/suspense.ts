import { type Intent } from '../domain/intent-bodies';
import { ledgerKeys, type LedgerWrite, type RuleOutcome } from '../domain/ledger';
import { type RoyaltyPolicy } from '../domain/royalty-policy';
import { type CreditLine, type Settlement, type Suspense } from '../domain/settlement';
import { RegistryError } from '../errors/registry-error';
import { suspenseSource } from '../identifiers';
import { isUnknownPayee } from '../royalties/beneficiary';
import { completeLineage, type OwedPart } from '../royalties/lineage-completion';
import { type IntentContext, ledgerTime } from './context';
import { type LineageNode, type WalkedLineage } from './settlements';

export interface ReleaseState {
  readonly suspense: Suspense | undefined;
  readonly settlement: Settlement | undefined;
  /** Policy of the suspended layer's record, as it is now. */
  readonly policy: RoyaltyPolicy | undefined;
  /** For `lineage-incomplete`: the walk as it goes now, over at least the settlement's own layers. */
  readonly lineage: WalkedLineage | undefined;
}

/**
 * suspense.release: ends the waiting when its rule is met. `disputed`: the dispute is settled. `payee-unknown`: the rights
 * owner says who each payee is. `lineage-incomplete`: the parent has been registered, and is paid the difference, or the
 * time is over. Anybody may ask, but for `payee-unknown`.
 *
 * @throws RegistryError SUSPENSE_UNKNOWN, SUSPENSE_HELD, SETTLEMENT_UNKNOWN or NOT_RIGHTS_OWNER
 */
export function releaseSuspense(
  state: ReleaseState,
  { body, actor }: Intent<'suspense.release'>,
  context: IntentContext,
): RuleOutcome {
  const suspense = requireHeld(state.suspense, body.settlement_id);
  const settlement = requireSettlement(state.settlement, body.settlement_id);
  const owed = owedParts(state, { suspense, settlement, body, actor }, context);
  const released: Suspense = { ...suspense, status: 'released', released: ledgerTime(context) };
  const id = ledgerKeys.suspense(body.settlement_id, body.layer, body.reason);
  return {
    writes: [
      { kind: 'suspense', id, value: released },
      ...creditWrites(owed, suspense, context),
      ...stillUnknown(owed, suspense, context),
    ],
    result: { id: body.settlement_id, type: 'suspense', state: 'released' },
  };
}

function requireHeld(suspense: Suspense | undefined, subject: string): Suspense {
  if (suspense === undefined) {
    throw new RegistryError('SUSPENSE_UNKNOWN', 'Nothing of this settlement waits there.', { subject });
  }
  if (suspense.status === 'released') {
    throw new RegistryError('SUSPENSE_UNKNOWN', 'What waited there has been released.', { subject });
  }
  return suspense;
}

function requireSettlement(settlement: Settlement | undefined, subject: string): Settlement {
  if (settlement?.settlement_id === subject) return settlement;
  throw new RegistryError('SETTLEMENT_UNKNOWN', 'The settlement does not exist.', { subject });
}

interface ReleaseRequest {
  readonly suspense: Suspense;
  readonly settlement: Settlement;
  readonly body: Intent<'suspense.release'>['body'];
  readonly actor: string;
}

function owedParts(
  state: ReleaseState,
  request: ReleaseRequest,
  context: IntentContext,
): readonly OwedPart[] {
  switch (request.suspense.reason) {
    case 'disputed':
      return afterDispute(state, request);
    case 'payee-unknown':
      return assigned(state, request);
    case 'lineage-incomplete':
      return afterWaiting(state, request, context);
  }
}

function ownParts({ layer, policy_version, parts }: Suspense): OwedPart[] {
  return parts.map(({ beneficiary, amount }) => ({
    layer,
    policy_version,
    beneficiary,
    amount: BigInt(amount),
  }));
}

function held(sentence: string, { settlement_id: subject }: Suspense): RegistryError {
  return new RegistryError('SUSPENSE_HELD', sentence, { subject });
}

function afterDispute({ policy }: ReleaseState, { suspense }: ReleaseRequest): OwedPart[] {
  if (policy?.dispute !== undefined) throw held('The policy is still disputed.', suspense);
  return ownParts(suspense);
}

/** Every payee is named at once, or somebody would be forgotten in a released entry. */
function assigned({ policy }: ReleaseState, { suspense, body, actor }: ReleaseRequest): OwedPart[] {
  if (policy?.rights_owner !== actor) {
    throw new RegistryError('NOT_RIGHTS_OWNER', 'Only the policy’s rights owner says who its payees are.', {
      subject: suspense.settlement_id,
    });
  }
  const names = new Map((body.assignments ?? []).map(({ beneficiary, to }) => [beneficiary, to]));
  return ownParts(suspense).map((part) => {
    const to = names.get(part.beneficiary);
    if (to === undefined) throw held(`Say who ${part.beneficiary} is, in assignments.`, suspense);
    return { ...part, beneficiary: to };
  });
}

function afterWaiting(
  { lineage }: ReleaseState,
  { suspense, settlement }: ReleaseRequest,
  { at }: IntentContext,
): readonly OwedPart[] {
  const found = lineage?.nodes.slice(settlement.layers.length) ?? [];
  if (found.length > 0) {
    assertUndisputed(found, suspense);
    return completeLineage(settlement, ownParts(suspense), found.map(foundLayer));
  }
  const end = suspense.release_at ?? 0;
  if (at < end) throw held(`The parent is not registered; the waiting ends at ${end}.`, suspense);
  return ownParts(suspense);
}

function assertUndisputed(found: readonly LineageNode[], suspense: Suspense): void {
  if (found.every(({ policy }) => policy?.dispute === undefined)) return;
  throw held('The policy of a parent that was found is disputed.', suspense);
}

function foundLayer({ record, policy, model }: LineageNode): Parameters<typeof completeLineage>[2][number] {
  const { model_ref, content_hash } = record;
  return { model_ref, content_hash, policy, owner: model?.owner ?? '' };
}

function creditWrites(owed: readonly OwedPart[], suspense: Suspense, context: IntentContext): LedgerWrite[] {
  const source = suspenseSource(suspense.settlement_id, suspense.layer, suspense.reason);
  const byPayee = new Map<string, { amount: bigint; lines: CreditLine[] }>();
  for (const { beneficiary, amount, layer, policy_version } of owed) {
    if (isUnknownPayee(beneficiary) || amount === 0n) continue;
    const entry = byPayee.get(beneficiary) ?? { amount: 0n, lines: [] };
    entry.amount += amount;
    entry.lines.push({ layer, policy_version, amount: String(amount) });
    byPayee.set(beneficiary, entry);
  }
  return [...byPayee].map(([beneficiary, { amount, lines }]) => ({
    kind: 'credit',
    id: ledgerKeys.credit(beneficiary, suspense.currency, source),
    value: {
      beneficiary,
      currency: suspense.currency,
      source,
      source_type: 'suspense',
      amount: String(amount),
      settlement_id: suspense.settlement_id,
      lines,
      credited: ledgerTime(context),
    },
  }));
}

/** Payees that a settled dispute or a found parent still leaves unknown wait on, by layer. */
function stillUnknown(owed: readonly OwedPart[], suspense: Suspense, context: IntentContext): LedgerWrite[] {
  const unknown = owed.filter(({ beneficiary, amount }) => isUnknownPayee(beneficiary) && amount > 0n);
  const layers = [...new Set(unknown.map(({ layer }) => layer))];
  return layers.map((layer): LedgerWrite => {
    const parts = unknown.filter((part) => part.layer === layer);
    const [first] = parts;
    const value: Suspense = {
      settlement_id: suspense.settlement_id,
      settlement_ref: suspense.settlement_ref,
      layer,
      reason: 'payee-unknown',
      model_ref: first?.model_ref ?? suspense.model_ref,
      content_hash: first?.content_hash ?? suspense.content_hash,
      policy_version: first?.policy_version ?? suspense.policy_version,
      currency: suspense.currency,
      amount: String(parts.reduce((sum, { amount }) => sum + amount, 0n)),
      parts: parts.map(({ beneficiary, amount }) => ({ beneficiary, amount: String(amount) })),
      status: 'held',
      held: ledgerTime(context),
    };
    return {
      kind: 'suspense',
      id: ledgerKeys.suspense(suspense.settlement_id, layer, 'payee-unknown'),
      value,
    };
  });
}
