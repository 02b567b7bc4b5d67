import { defineLicense, ledgerKeys, licenseId } from '@maker-registry/protocol';
import { runIntent } from '../intent-transaction';
import { idArgument, readDocument } from '../read-document';
import { RegistryContract } from '../registry-contract';
import type { RegistryContext } from '../registry-context';

/** Terms that makers offer, immutable once defined. */
export class LicensesContract extends RegistryContract {
  constructor() {
    super('licenses');
  }

  async Define(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(
      context,
      'license.define',
      envelope,
      async ({ intent, actor, ledger, context: rule }) => {
        const id = licenseId(intent.actor, intent.body.terms);
        const existing = await ledger.get('license', ledgerKeys.license(id));
        return defineLicense({ existing, actor }, intent, rule);
      },
    );
  }

  async Get(context: RegistryContext, id: string): Promise<string> {
    return readDocument(context, 'license', ledgerKeys.license(idArgument(id)), 'LICENSE_UNKNOWN');
  }
}
