import { ledgerKeys, markScheme, registerScheme, schemeReference } from '@maker-registry/protocol';
import { runIntent } from '../intent-transaction';
import { counterArgument, idArgument, readDocument } from '../read-document';
import { RegistryContract } from '../registry-contract';
import type { RegistryContext } from '../registry-context';

/** Published watermark schemes, committed to and never changed. */
export class SchemesContract extends RegistryContract {
  constructor() {
    super('schemes');
  }

  async Register(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'scheme.register', envelope, async ({ intent, ledger, context: rule }) => {
      const { model_ref: modelRef, scheme_id: schemeId } = intent.body;
      const model = await ledger.get('model', ledgerKeys.model(modelRef));
      const existing = await ledger.get('scheme', ledgerKeys.scheme(schemeReference(modelRef, schemeId)));
      return registerScheme({ model, existing }, intent, rule);
    });
  }

  async Mark(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'scheme.mark', envelope, async ({ intent, ledger, context: rule }) => {
      const scheme = await ledger.get('scheme', ledgerKeys.scheme(intent.body.scheme_ref));
      const model =
        scheme === undefined ? undefined : await ledger.get('model', ledgerKeys.model(scheme.model_ref));
      return markScheme({ scheme, model }, intent, rule);
    });
  }

  async Get(context: RegistryContext, schemeRef: string): Promise<string> {
    return readDocument(context, 'scheme', ledgerKeys.scheme(idArgument(schemeRef)), 'SCHEME_UNKNOWN');
  }

  async GetVersion(context: RegistryContext, schemeRef: string, version: string): Promise<string> {
    const id = ledgerKeys['scheme-version'](idArgument(schemeRef), counterArgument(version));
    return readDocument(context, 'scheme-version', id, 'SCHEME_UNKNOWN');
  }
}
