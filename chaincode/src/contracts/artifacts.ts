import {
  artifactId,
  ledgerKeys,
  liftableByMaker,
  registerArtifact,
  releaseArtifact,
  revokeArtifact,
  type Parent,
  type ParentState,
} from '@maker-registry/protocol';
import { runIntent } from '../intent-transaction';
import type { Ledger } from '../ledger/ledger';
import { loadRevocationHead, loadRevocations } from '../ledger/load-revocations';
import { idArgument, readDocument } from '../read-document';
import { RegistryContract } from '../registry-contract';
import type { RegistryContext } from '../registry-context';

/** Registered things and their states; makers restrict and release their own. */
export class ArtifactsContract extends RegistryContract {
  constructor() {
    super('artifacts');
  }

  async Register(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(
      context,
      'artifact.register',
      envelope,
      async ({ intent, actor, ledger, context: rule }) => {
        const { name, version, license_id: licenseId, parents } = intent.body;
        const id = artifactId(intent.actor, name, version);
        const existing = await ledger.get('artifact', ledgerKeys.artifact(id));
        const license = await ledger.get('license', ledgerKeys.license(licenseId));
        const state = { existing, license, parents: await loadParents(ledger, parents, intent.actor), actor };
        return registerArtifact(state, intent, rule);
      },
    );
  }

  async Revoke(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'artifact.revoke', envelope, async ({ intent, ledger, context: rule }) => {
      const artifact = await ledger.get('artifact', ledgerKeys.artifact(intent.body.artifact_id));
      const head = await loadRevocationHead(ledger);
      return revokeArtifact({ artifact, head }, intent, rule);
    });
  }

  async Release(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(
      context,
      'artifact.release',
      envelope,
      async ({ intent, actor, ledger, context: rule }) => {
        const artifact = await ledger.get('artifact', ledgerKeys.artifact(intent.body.artifact_id));
        const numbers = liftableByMaker(artifact?.restrictions ?? [], intent.actor);
        const revocations = await loadRevocations(ledger, numbers);
        const head = await loadRevocationHead(ledger);
        return releaseArtifact({ artifact, head, revocations, actor }, intent, rule);
      },
    );
  }

  async Get(context: RegistryContext, id: string): Promise<string> {
    return readDocument(context, 'artifact', ledgerKeys.artifact(idArgument(id)), 'ARTIFACT_UNKNOWN');
  }
}

/** Parents in the order of the intent; the license only where another maker's terms decide. */
async function loadParents(
  ledger: Ledger,
  parents: readonly Parent[],
  maker: string,
): Promise<ParentState[]> {
  const states: ParentState[] = [];
  for (const parent of parents) {
    const artifact = await ledger.get('artifact', ledgerKeys.artifact(parent.artifact_id));
    const isForeign = artifact !== undefined && artifact.maker !== maker;
    const license = isForeign
      ? await ledger.get('license', ledgerKeys.license(artifact.license_id))
      : undefined;
    states.push({ artifact, license });
  }
  return states;
}
