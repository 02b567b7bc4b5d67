import {
  commitContentKey,
  ledgerKeys,
  revokeContentKey,
  rotateContentKey,
  type Artifact,
  type ContentKey,
} from '@maker-registry/protocol';
import { runIntent } from '../intent-transaction';
import type { Ledger } from '../ledger/ledger';
import { loadRevocationHead } from '../ledger/load-revocations';
import { idArgument, readDocument } from '../read-document';
import { RegistryContract } from '../registry-contract';
import type { RegistryContext } from '../registry-context';

/** Commitments to content keys: the ledger knows that there is a key and what becomes of it, never the key. */
export class KeysContract extends RegistryContract {
  constructor() {
    super('keys');
  }

  async Commit(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'key.commit', envelope, async ({ intent, actor, ledger, context: rule }) => {
      const documents = await loadKeyAndArtifact(ledger, intent.body.artifact_id);
      return commitContentKey({ ...documents, actor }, intent, rule);
    });
  }

  async Rotate(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'key.rotate', envelope, async ({ intent, actor, ledger, context: rule }) => {
      const documents = await loadKeyAndArtifact(ledger, intent.body.artifact_id);
      return rotateContentKey({ ...documents, actor }, intent, rule);
    });
  }

  async Revoke(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'key.revoke', envelope, async ({ intent, ledger, context: rule }) => {
      const contentKey = await ledger.get('key', ledgerKeys.key(intent.body.artifact_id));
      return revokeContentKey({ contentKey, head: await loadRevocationHead(ledger) }, intent, rule);
    });
  }

  async Get(context: RegistryContext, artifactId: string): Promise<string> {
    return readDocument(context, 'key', ledgerKeys.key(idArgument(artifactId)), 'CONTENT_KEY_UNKNOWN');
  }
}

interface KeyDocuments {
  readonly contentKey: ContentKey | undefined;
  readonly artifact: Artifact | undefined;
}

async function loadKeyAndArtifact(ledger: Ledger, artifactId: string): Promise<KeyDocuments> {
  const artifact = await ledger.get('artifact', ledgerKeys.artifact(artifactId));
  const contentKey = await ledger.get('key', ledgerKeys.key(artifactId));
  return { contentKey, artifact };
}
