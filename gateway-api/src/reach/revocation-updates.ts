import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CertificateInUse,
  checkAdministratorSignatures,
  type ConfigSignature,
  encodeConfigUpdateEnvelope,
  hex,
  judgeRevocationUpdate,
  organizationMsp,
  ProofError,
  type RevocationEffect,
  sha256 as sha256Of,
} from '@maker-registry/fabric-proofs';
import { RegistryError } from '@maker-registry/protocol';
import { unixNow } from '../trust/clock';
import { type ChannelConfiguration, type ChannelConfigurations } from './channel-configurations';
import { COMMIT_POLL_MS, COMMIT_WAIT_MS } from './limits';
import { type OrderingService } from './ordering-service';

/** An update as its administrators signed it. */
export interface SignedUpdate {
  /** common.ConfigUpdate. */
  readonly update: Uint8Array;
  readonly signatures: readonly ConfigSignature[];
}

/** An update that is in force. */
export interface CommittedUpdate {
  readonly block: number;
  readonly effect: RevocationEffect;
}

export interface RevocationUpdatesOptions {
  readonly mspId: string;
  readonly configurations: ChannelConfigurations;
  readonly ordering: OrderingService;
  /** Certificates that the organization's nodes and people use now. */
  readonly inUse: () => readonly CertificateInUse[];
  /** Aborted once the gateway stops. */
  readonly stopping: AbortSignal;
}

/**
 * Relays updates of the own organization's revocation list to the orderers. The will is the administrator's, who signed;
 * the gateway adds its own judgement of what it relays, because a list that locks the organization out can't be taken
 * back by those whom it locks out.
 */
export class RevocationUpdates {
  readonly #options: RevocationUpdatesOptions;

  constructor(options: RevocationUpdatesOptions) {
    this.#options = options;
  }

  /**
   * Judges, submits, and waits until the update is in force at the own peer.
   *
   * @throws RegistryError CHANNEL_UPDATE_REFUSED with the code of the refusal as subject, CHANNEL_UPDATE_STALE when
   *   another update came first: fetch the configuration again and sign anew; LEDGER_UNAVAILABLE
   */
  async relay(signed: SignedUpdate): Promise<CommittedUpdate> {
    const { configurations, ordering } = this.#options;
    const before = await configurations.current();
    const effect = this.#judge(before, signed);
    await ordering.submitUpdate(encodeConfigUpdateEnvelope(signed.update, signed.signatures), before.tree);
    const after = await this.#next(before.number);
    assertInForce(after, effect);
    return { block: after.number, effect };
  }

  #judge({ tree }: ChannelConfiguration, { update, signatures }: SignedUpdate): RevocationEffect {
    const { mspId, configurations, inUse } = this.#options;
    return refusing(() => {
      const signers = checkAdministratorSignatures(update, signatures, organizationMsp(tree, mspId));
      return judgeRevocationUpdate(tree, update, {
        channelId: configurations.channel,
        mspId,
        at: unixNow(),
        inUse: [
          ...inUse(),
          ...signers.map((certificate) => ({ name: 'signer', certificate: certificate.toString() })),
        ],
      });
    });
  }

  /** The configuration that follows block `number`. */
  async #next(number: number): Promise<ChannelConfiguration> {
    const { configurations, stopping } = this.#options;
    const end = Date.now() + COMMIT_WAIT_MS;
    for (;;) {
      const current = await configurations.current();
      if (current.number > number) return current;
      if (Date.now() > end) {
        throw new RegistryError(
          'LEDGER_UNAVAILABLE',
          'The orderers took the update, but it is not in a block yet; look at the status before you repeat it.',
        );
      }
      await sleep(COMMIT_POLL_MS, undefined, { signal: stopping });
    }
  }
}

/** Orderers drop an update without a word when another one of the same moment comes first. */
function assertInForce(
  { tree }: ChannelConfiguration,
  { msp_id: mspId, sequence, crls }: RevocationEffect,
): void {
  const list = organizationMsp(tree, mspId).revocationList;
  const arrived = crls.every(({ sha256 }) => list.some((bytes) => hex(sha256Of(bytes)) === sha256));
  if (arrived) return;
  throw new RegistryError(
    'CHANNEL_UPDATE_STALE',
    `Configuration ${sequence.after} is another one; fetch it and sign the update anew.`,
  );
}

/** Runs a judgement; its refusal becomes the registry's, with its own code as the subject. */
export function refusing<T>(judge: () => T): T {
  try {
    return judge();
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    const code = error.code === 'UPDATE_STALE' ? 'CHANNEL_UPDATE_STALE' : 'CHANNEL_UPDATE_REFUSED';
    throw new RegistryError(code, `${error.code}: ${error.message}`, {
      subject: error.code,
      details: error.details,
      cause: error,
    });
  }
}
