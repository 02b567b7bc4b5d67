import {
  compromiseModelKey,
  disableModel,
  enableModel,
  freezeModel,
  ledgerKeys,
  modelReference,
  registerModel,
  rotateModel,
  updateModel,
} from '@maker-registry/protocol';
import { runIntent } from '../intent-transaction';
import type { Ledger } from '../ledger/ledger';
import { counterArgument, idArgument, readDocument } from '../read-document';
import { RegistryContract } from '../registry-contract';
import type { RegistryContext } from '../registry-context';

/** Generating models and the keys that attest for them. */
export class ModelsContract extends RegistryContract {
  constructor() {
    super('models');
  }

  async Register(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(
      context,
      'model.register',
      envelope,
      async ({ intent, actor, ledger, context: rule }) => {
        const { model_id: modelId, artifact_id: artifactId } = intent.body;
        const existing = await ledger.get('model', ledgerKeys.model(modelReference(intent.actor, modelId)));
        const artifact =
          artifactId === undefined
            ? undefined
            : await ledger.get('artifact', ledgerKeys.artifact(artifactId));
        return registerModel({ existing, artifact, actor }, intent, rule);
      },
    );
  }

  async Update(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'model.update', envelope, async ({ intent, ledger, context: rule }) =>
      updateModel(await loadModel(ledger, intent.body.model_ref), intent, rule),
    );
  }

  async Rotate(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'model.rotate', envelope, async ({ intent, ledger, context: rule }) =>
      rotateModel(await loadModel(ledger, intent.body.model_ref), intent, rule),
    );
  }

  async Compromise(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'model.compromise', envelope, async ({ intent, ledger, context: rule }) =>
      compromiseModelKey(await loadModel(ledger, intent.body.model_ref), intent, rule),
    );
  }

  async Freeze(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'model.freeze', envelope, async ({ intent, ledger, context: rule }) =>
      freezeModel(await loadModel(ledger, intent.body.model_ref), intent, rule),
    );
  }

  async Disable(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'model.disable', envelope, async ({ intent, ledger, context: rule }) =>
      disableModel(await loadModel(ledger, intent.body.model_ref), intent, rule),
    );
  }

  async Enable(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'model.enable', envelope, async ({ intent, ledger, context: rule }) =>
      enableModel(await loadModel(ledger, intent.body.model_ref), intent, rule),
    );
  }

  async Get(context: RegistryContext, modelRef: string): Promise<string> {
    return readDocument(context, 'model', ledgerKeys.model(idArgument(modelRef)), 'MODEL_UNKNOWN');
  }

  async GetVersion(context: RegistryContext, modelRef: string, version: string): Promise<string> {
    const id = ledgerKeys['model-version'](idArgument(modelRef), counterArgument(version));
    return readDocument(context, 'model-version', id, 'MODEL_UNKNOWN');
  }
}

async function loadModel(ledger: Ledger, modelRef: string): Promise<Parameters<typeof freezeModel>[0]> {
  return { model: await ledger.get('model', ledgerKeys.model(modelRef)) };
}
