import { collectIntoVault, ledgerKeys, reportPayout, withdraw, type Intent } from '@maker-registry/protocol';
import { runAct } from '../act-transaction';
import { runIntent } from '../intent-transaction';
import type { Ledger } from '../ledger/ledger';
import { loadSources } from '../ledger/load-sources';
import { currencyArgument, idArgument, readDocument } from '../read-document';
import { RegistryContract } from '../registry-contract';
import type { RegistryContext } from '../registry-context';

/** What beneficiaries collected, and their orders to pay it out. */
export class VaultsContract extends RegistryContract {
  constructor() {
    super('vaults');
  }

  async Collect(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'vault.collect', envelope, async ({ intent, ledger, context: rule }) =>
      collectIntoVault(await loadVault(ledger, intent), intent, rule),
    );
  }

  async Withdraw(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'vault.withdraw', envelope, async ({ intent, ledger, context: rule }) =>
      withdraw(await loadVault(ledger, intent), intent, rule),
    );
  }

  async Report(context: RegistryContext, argument: string): Promise<string> {
    return runAct(context, 'payout.report', argument, async ({ argument: report, ledger, context: rule }) => {
      const withdrawal = await ledger.get('withdrawal', ledgerKeys.withdrawal(report.withdrawal_id));
      return reportPayout({ withdrawal }, report, rule);
    });
  }

  async Get(context: RegistryContext, beneficiary: string, currency: string): Promise<string> {
    const id = ledgerKeys.vault(idArgument(beneficiary), currencyArgument(currency));
    return readDocument(context, 'vault', id, 'NOT_FOUND');
  }

  async GetWithdrawal(context: RegistryContext, id: string): Promise<string> {
    return readDocument(context, 'withdrawal', ledgerKeys.withdrawal(idArgument(id)), 'WITHDRAWAL_UNKNOWN');
  }
}

async function loadVault(
  ledger: Ledger,
  { actor, body }: Intent<'vault.collect' | 'vault.withdraw'>,
): Promise<Parameters<typeof withdraw>[0]> {
  return {
    vault: await ledger.get('vault', ledgerKeys.vault(actor, body.currency)),
    sources: await loadSources(ledger, actor, body.currency, body.credits),
  };
}
