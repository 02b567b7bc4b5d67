import {
  bequeathRight,
  claimRight,
  giftRight,
  issueRight,
  ledgerKeys,
  liftableByMaker,
  resumeRight,
  revokeRight,
  sellRight,
  suspendRight,
  transferRight,
  type Artifact,
  type License,
  type Right,
} from '@maker-registry/protocol';
import { runIntent } from '../intent-transaction';
import type { Ledger } from '../ledger/ledger';
import { loadRevocationHead, loadRevocations } from '../ledger/load-revocations';
import { counterArgument, idArgument, readDocument } from '../read-document';
import { RegistryContract } from '../registry-contract';
import type { RegistryContext } from '../registry-context';

/** The assets that makers issue and holders sell, give and leave to heirs. */
export class RightsContract extends RegistryContract {
  constructor() {
    super('rights');
  }

  async Issue(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'right.issue', envelope, async ({ intent, actor, ledger, context: rule }) => {
      const { artifact_id: artifactId, license_id: licenseId, holder: holderId } = intent.body;
      const artifact = await ledger.get('artifact', ledgerKeys.artifact(artifactId));
      const license = await ledger.get('license', ledgerKeys.license(licenseId));
      const holder = await ledger.get('actor', ledgerKeys.actor(holderId));
      return issueRight({ artifact, license, holder, actor }, intent, rule);
    });
  }

  async Transfer(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(
      context,
      'right.transfer',
      envelope,
      async ({ intent, actor, ledger, context: rule }) => {
        const documents = await loadTransferable(ledger, intent.body.right_id);
        const recipient = await ledger.get('actor', ledgerKeys.actor(intent.body.to));
        return transferRight({ ...documents, recipient, actor }, intent, rule);
      },
    );
  }

  async Gift(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'right.gift', envelope, async ({ intent, actor, ledger, context: rule }) => {
      const documents = await loadTransferable(ledger, intent.body.right_id);
      const recipient = await ledger.get('actor', ledgerKeys.actor(intent.body.to));
      return giftRight({ ...documents, recipient, actor }, intent, rule);
    });
  }

  async Sell(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'right.sell', envelope, async ({ intent, actor, ledger, context: rule }) => {
      const documents = await loadTransferable(ledger, intent.body.right_id);
      const recipient = await ledger.get('actor', ledgerKeys.actor(intent.body.buyer));
      return sellRight({ ...documents, recipient, actor }, intent, rule);
    });
  }

  async Bequeath(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(
      context,
      'right.bequeath',
      envelope,
      async ({ intent, actor, ledger, context: rule }) => {
        const { right_id: rightId, beneficiary: heir } = intent.body;
        const documents = await loadTransferable(ledger, rightId);
        const beneficiary = heir === null ? undefined : await ledger.get('actor', ledgerKeys.actor(heir));
        return bequeathRight({ ...documents, beneficiary, actor }, intent, rule);
      },
    );
  }

  async Claim(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'right.claim', envelope, async ({ intent, actor, ledger, context: rule }) => {
      const documents = await loadTransferable(ledger, intent.body.right_id);
      return claimRight({ ...documents, actor }, intent, rule);
    });
  }

  async Suspend(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'right.suspend', envelope, async ({ intent, ledger, context: rule }) => {
      const right = await ledger.get('right', ledgerKeys.right(intent.body.right_id));
      return suspendRight({ right, head: await loadRevocationHead(ledger) }, intent, rule);
    });
  }

  async Resume(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'right.resume', envelope, async ({ intent, actor, ledger, context: rule }) => {
      const right = await ledger.get('right', ledgerKeys.right(intent.body.right_id));
      const numbers = liftableByMaker(right?.restrictions ?? [], intent.actor);
      const revocations = await loadRevocations(ledger, numbers);
      const head = await loadRevocationHead(ledger);
      const artifact = await loadArtifactOf(ledger, right);
      return resumeRight({ right, head, revocations, artifact, actor }, intent, rule);
    });
  }

  async Revoke(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'right.revoke', envelope, async ({ intent, ledger, context: rule }) => {
      const right = await ledger.get('right', ledgerKeys.right(intent.body.right_id));
      return revokeRight({ right, head: await loadRevocationHead(ledger) }, intent, rule);
    });
  }

  async Get(context: RegistryContext, rightId: string): Promise<string> {
    return readDocument(context, 'right', ledgerKeys.right(idArgument(rightId)), 'RIGHT_UNKNOWN');
  }

  /** The sale that led to a version of a right. */
  async GetSale(context: RegistryContext, rightId: string, version: string): Promise<string> {
    const id = ledgerKeys.sale(idArgument(rightId), counterArgument(version));
    return readDocument(context, 'sale', id, 'NOT_FOUND');
  }
}

interface TransferDocuments {
  readonly right: Right | undefined;
  readonly license: License | undefined;
  readonly artifact: Artifact | undefined;
}

/** A right with the documents that decide whether it may change hands: the second round trip, for only the right names them. */
async function loadTransferable(ledger: Ledger, rightId: string): Promise<TransferDocuments> {
  const right = await ledger.get('right', ledgerKeys.right(rightId));
  if (right === undefined) return { right, license: undefined, artifact: undefined };
  const artifactKey = ledgerKeys.artifact(right.artifact_id);
  const licenseKey = ledgerKeys.license(right.license_id);
  await ledger.prefetch([
    { kind: 'artifact', id: artifactKey },
    { kind: 'license', id: licenseKey },
  ]);
  const license = await ledger.get('license', licenseKey);
  const artifact = await ledger.get('artifact', artifactKey);
  return { right, license, artifact };
}

async function loadArtifactOf(ledger: Ledger, right: Right | undefined): Promise<Artifact | undefined> {
  return right === undefined ? undefined : ledger.get('artifact', ledgerKeys.artifact(right.artifact_id));
}
