import { createHash, randomBytes } from 'node:crypto';
import {
  type CertificateInUse,
  configSignatureMessage,
  type ConfigTree,
  encodeSignatureHeader,
  judgeRevocationUpdate,
  parseBlock,
  ProofError,
  revocationConfigUpdate,
  type RevocationEffect,
  type VerifiedConfig,
  walkConfigurations,
} from '@maker-registry/fabric-proofs';
import { fromBase64, isPlainObject, RegistryError } from '@maker-registry/protocol';
import { type FabricIdentity, fabricSigner } from '../acts/fabric-identity';
import { ClientError } from '../errors/client-error';
import { readObject } from '../http/problem';
import { MAX_CONFIGURATION_PAGES, MAX_UPDATE_ATTEMPTS, UPDATE_TIMEOUT_MS } from '../limits';
import { type GatewayConnection } from './gateway-connection';

/** Bytes of a signature header's nonce, as Fabric's own clients choose. */
const NONCE_BYTES = 24;
const MS_PER_SECOND = 1_000;

/** A CRL that an organization's administrator puts into the channel's configuration. */
export interface RevocationPublication {
  readonly mspId: string;
  /** The organization's full CRL, DER. */
  readonly crl: Uint8Array;
  /** Certificates that must stay good, beside the signer's and those in the configuration. */
  readonly inUse?: readonly CertificateInUse[];
}

/** An update ready to be signed, with what it would do. */
export interface PlannedUpdate {
  /** common.ConfigUpdate. */
  readonly update: Uint8Array;
  readonly effect: RevocationEffect;
  /** Block whose configuration it was made for. */
  readonly configBlock: number;
}

export interface PublishedUpdate {
  readonly block: number;
  readonly effect: RevocationEffect;
  /** How often it was built, because other updates came first. */
  readonly attempts: number;
}

/**
 * The channel's configuration. It is verified from the pinned genesis hash, and updates are built and judged here, so
 * that a gateway that lies about the configuration gets no signature under another one.
 */
export class Channel {
  readonly #gateway: GatewayConnection;
  readonly #genesis: string;
  readonly #name: string;

  constructor(gateway: GatewayConnection, genesis: string, name: string) {
    this.#gateway = gateway;
    this.#genesis = genesis;
    this.#name = name;
  }

  /** The newest configuration that the gateway shows, verified. Throws GATEWAY_LIED. */
  async configuration(): Promise<VerifiedConfig> {
    const blocks: Uint8Array[] = [];
    let from = 0;
    for (let page = 0; page < MAX_CONFIGURATION_PAGES; page += 1) {
      const answer = readObject(
        await this.#gateway.send({
          method: 'GET',
          path: '/v1/channel/configuration-blocks',
          query: { from },
          repeatable: true,
        }),
      );
      const items = itemsOf(answer);
      blocks.push(...items.map(({ block }) => block));
      const last = items.at(-1);
      if (answer['more'] !== true || last === undefined) return this.#verify(blocks);
      from = last.number + 1;
    }
    throw malformed('has no end of configurations');
  }

  /**
   * Builds the update that brings a CRL and judges it; nothing is signed or sent.
   *
   * @throws RegistryError CHANNEL_UPDATE_REFUSED with the code of the refusal as subject
   */
  async planRevocations(publication: RevocationPublication): Promise<PlannedUpdate> {
    const { block, tree } = await this.configuration();
    const update = refusing(() =>
      revocationConfigUpdate(this.#name, tree, publication.mspId, [publication.crl]),
    );
    return { update, effect: this.#judge(tree, update, publication), configBlock: block };
  }

  /**
   * Puts a CRL into the channel's configuration under an administrator's signature. When another update comes first,
   * everything is fetched, built, judged and signed anew, a few times at the most.
   *
   * @throws RegistryError CHANNEL_UPDATE_REFUSED, CHANNEL_UPDATE_STALE, LEDGER_UNAVAILABLE; ClientError GATEWAY_LIED
   */
  async publishRevocations(
    publication: RevocationPublication,
    identity: FabricIdentity,
  ): Promise<PublishedUpdate> {
    const own = { name: 'signer', certificate: identity.certificate };
    const guarded = { ...publication, inUse: [...(publication.inUse ?? []), own] };
    for (let attempts = 1; ; attempts += 1) {
      const { update, effect } = await this.planRevocations(guarded);
      try {
        const answer = await this.#gateway.post(
          '/v1/channel/revocation-updates',
          await this.#signed(update, identity),
          { timeoutMs: UPDATE_TIMEOUT_MS },
        );
        const { block } = answer;
        if (typeof block === 'number') return { block, effect, attempts };
        throw malformed('names no block');
      } catch (error) {
        const stale = error instanceof RegistryError && error.code === 'CHANNEL_UPDATE_STALE';
        if (!stale || attempts >= MAX_UPDATE_ATTEMPTS) throw error;
      }
    }
  }

  async #signed(update: Uint8Array, identity: FabricIdentity): Promise<object> {
    const header = encodeSignatureHeader(identity, randomBytes(NONCE_BYTES));
    const message = configSignatureMessage(header, update);
    const digest = createHash('sha256').update(message).digest();
    const signature = await fabricSigner(identity).sign(message, digest);
    return {
      config_update: base64(update),
      signatures: [{ signature_header: base64(header), signature: base64(signature) }],
    };
  }

  #judge(tree: ConfigTree, update: Uint8Array, publication: RevocationPublication): RevocationEffect {
    return refusing(() =>
      judgeRevocationUpdate(tree, update, {
        channelId: this.#name,
        mspId: publication.mspId,
        at: Math.floor(Date.now() / MS_PER_SECOND),
        inUse: publication.inUse ?? [],
      }),
    );
  }

  #verify(blocks: readonly Uint8Array[]): VerifiedConfig {
    try {
      return walkConfigurations(
        blocks.map((block) => parseBlock(block)),
        this.#genesis,
      );
    } catch (error) {
      if (!(error instanceof ProofError)) throw error;
      throw new ClientError(
        'GATEWAY_LIED',
        `The configuration that the gateway shows is not this network's: ${error.message}.`,
        { subject: error.code, cause: error },
      );
    }
  }
}

function refusing<T>(judge: () => T): T {
  try {
    return judge();
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    throw new RegistryError('CHANNEL_UPDATE_REFUSED', `${error.code}: ${error.message}`, {
      subject: error.code,
      details: error.details,
      cause: error,
    });
  }
}

function itemsOf(answer: Record<string, unknown>): { number: number; block: Uint8Array }[] {
  const { items } = answer;
  if (!Array.isArray(items)) throw malformed('lists no configurations');
  return (items as unknown[]).map((item) => {
    const { number, block } = isPlainObject(item) ? item : {};
    const bytes = typeof block === 'string' ? fromBase64(block) : undefined;
    if (bytes === undefined || typeof number !== 'number') throw malformed('lists what is no block');
    return { number, block: bytes };
  });
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function malformed(what: string): ClientError {
  return new ClientError('RESPONSE_MALFORMED', `The gateway's answer ${what}.`);
}
