import { type ActArguments } from '../domain/act-arguments';
import { type CollectBody, type Intent } from '../domain/intent-bodies';
import { ledgerKeys, type LedgerWrite, type RuleOutcome } from '../domain/ledger';
import { type Vault, type Withdrawal, type WithdrawalStatus } from '../domain/vault';
import { RegistryError } from '../errors/registry-error';
import { withdrawalId } from '../identifiers';
import { MAX_PAYOUT_REPORTS } from '../limits';
import { parseSettlementAmount } from '../royalties/amount';
import { collectCredits, type SourceState } from '../royalties/collection';
import { requireRole, standing } from './acts';
import { type ActContext, type IntentContext, ledgerTime, requireParameters } from './context';

export interface VaultState {
  /** Of the actor in the body's currency. */
  readonly vault: Vault | undefined;
  /** In the order of the body's credits. */
  readonly sources: readonly SourceState[];
}

/** The vault after a collection, and the marks of what was collected. */
function collectInto(
  { vault, sources }: VaultState,
  beneficiary: string,
  body: CollectBody,
  context: IntentContext,
): { vault: Vault; writes: readonly LedgerWrite[] } {
  const { amount, writes } = collectCredits(beneficiary, body, sources, context.intentId);
  const before = vault ?? { balance: '0', collected: '0', withdrawn: '0', version: 0 };
  return {
    vault: {
      beneficiary,
      currency: body.currency,
      balance: String(BigInt(before.balance) + amount),
      collected: String(BigInt(before.collected) + amount),
      withdrawn: before.withdrawn,
      version: before.version + 1,
      updated: ledgerTime(context),
    },
    writes,
  };
}

function vaultWrite(vault: Vault): LedgerWrite {
  return { kind: 'vault', id: ledgerKeys.vault(vault.beneficiary, vault.currency), value: vault };
}

/** vault.collect: moves what sources owe into the actor's vault. Throws NOTHING_DUE, CREDIT_UNKNOWN or CREDIT_COLLECTED. */
export function collectIntoVault(
  state: VaultState,
  { body, actor }: Intent<'vault.collect'>,
  context: IntentContext,
): RuleOutcome {
  if (body.credits.length === 0) {
    throw new RegistryError('NOTHING_DUE', 'Name the sources to collect.', { subject: '/body/credits' });
  }
  const { vault, writes } = collectInto(state, actor, body, context);
  return {
    writes: [...writes, vaultWrite(vault)],
    result: { id: actor, type: 'vault', state: 'collected', count: body.credits.length },
  };
}

/**
 * vault.withdraw: collects the named sources and orders a payout. The ledger keeps the commitment to the bank details and
 * never the details.
 *
 * @throws RegistryError AMOUNT_INVALID, CREDIT_UNKNOWN, CREDIT_COLLECTED or VAULT_INSUFFICIENT
 */
export function withdraw(
  state: VaultState,
  { body, actor }: Intent<'vault.withdraw'>,
  context: IntentContext,
): RuleOutcome {
  const amount = parseSettlementAmount(body.amount, '/body/amount');
  const { vault, writes } = collectInto(state, actor, body, context);
  const left = BigInt(vault.balance) - amount;
  if (left < 0n) {
    throw new RegistryError(
      'VAULT_INSUFFICIENT',
      `The vault would hold ${vault.balance} after collecting; ${amount} were asked for.`,
      { subject: '/body/amount' },
    );
  }
  const id = withdrawalId(context.intentId);
  const withdrawal: Withdrawal = {
    withdrawal_id: id,
    beneficiary: actor,
    currency: body.currency,
    amount: body.amount,
    instruction_commitment: body.instruction_commitment,
    status: 'requested',
    requested: ledgerTime(context),
    reports: [],
  };
  const emptied = { ...vault, balance: String(left), withdrawn: String(BigInt(vault.withdrawn) + amount) };
  return {
    writes: [
      ...writes,
      vaultWrite(emptied),
      { kind: 'withdrawal', id: ledgerKeys.withdrawal(id), value: withdrawal },
    ],
    result: { id, type: 'withdrawal', state: 'requested' },
  };
}

/** What may follow each status; a bank may send money back after it paid. */
const NEXT: Readonly<Record<WithdrawalStatus, readonly WithdrawalStatus[]>> = {
  requested: ['sent', 'paid', 'returned'],
  sent: ['paid', 'returned'],
  paid: ['returned'],
  returned: [],
};

export interface ReportState {
  readonly withdrawal: Withdrawal | undefined;
}

/**
 * payout.report: a payout desk says what became of a withdrawal, with the digest of the bank's message. What came back is
 * credited to the beneficiary again.
 *
 * @throws RegistryError PARAMETERS_MISSING, ROLE_MISSING, NOT_OPERATOR, WITHDRAWAL_UNKNOWN or ILLEGAL_TRANSITION
 */
export function reportPayout(
  { withdrawal }: ReportState,
  argument: ActArguments['payout.report'],
  context: ActContext,
): RuleOutcome {
  const role = requireRole('payout.report', context.caller);
  standing(context.caller, role, requireParameters(context));
  const { withdrawal_id: id, status, evidence_digest: evidence } = argument;
  if (withdrawal?.withdrawal_id !== id) {
    throw new RegistryError('WITHDRAWAL_UNKNOWN', 'The withdrawal does not exist.', { subject: id });
  }
  if (!NEXT[withdrawal.status].includes(status) || withdrawal.reports.length >= MAX_PAYOUT_REPORTS) {
    throw new RegistryError('ILLEGAL_TRANSITION', `The withdrawal is ${withdrawal.status}.`, { subject: id });
  }
  const reported = ledgerTime(context);
  const report = { status, msp_id: context.caller.mspId, evidence_digest: evidence, reported };
  const after: Withdrawal = { ...withdrawal, status, reports: [...withdrawal.reports, report] };
  return {
    writes: [
      { kind: 'withdrawal', id: ledgerKeys.withdrawal(id), value: after },
      ...(status === 'returned' ? [returnedCredit(withdrawal, context)] : []),
    ],
    result: { id, type: 'withdrawal', state: status },
  };
}

function returnedCredit(withdrawal: Withdrawal, context: ActContext): LedgerWrite {
  const { beneficiary, currency, withdrawal_id: source, amount } = withdrawal;
  return {
    kind: 'credit',
    id: ledgerKeys.credit(beneficiary, currency, source),
    value: {
      beneficiary,
      currency,
      source,
      source_type: 'payout-returned',
      amount,
      lines: [],
      credited: ledgerTime(context),
    },
  };
}
