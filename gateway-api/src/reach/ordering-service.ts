import { randomBytes } from 'node:crypto';
import { credentials } from '@grpc/grpc-js';
import { common, orderer } from '@hyperledger/fabric-protos';
import {
  type ConfigTree,
  encodeSignatureHeader,
  encodeUpdatePayload,
  organizationMsp,
  orderingEndpoints,
  tlsAuthorities,
} from '@maker-registry/fabric-proofs';
import { RegistryError } from '@maker-registry/protocol';
import { type SigningIdentity } from '../fabric/signing-identity';
import { unixNow } from '../trust/clock';
import { BROADCAST_DEADLINE_MS } from './limits';

/** Bytes of a header's nonce, as Fabric's own clients choose. */
const NONCE_BYTES = 24;
/** What orderers say of an update that was made for an earlier configuration. */
const STALE = /at version \d+, but/;

/** One organization's orderer. */
interface Orderer {
  readonly mspId: string;
  /** host:port */
  readonly address: string;
  /** PEM. */
  readonly roots: Buffer;
}

type Answer = { readonly status: number; readonly info: string } | { readonly failure: unknown };

/** The orderers, which are asked under the gateway's own identity: any member may hand in what others have signed. */
export class OrderingService {
  readonly #channel: string;
  readonly #identity: SigningIdentity;

  constructor(channel: string, identity: SigningIdentity) {
    this.#channel = channel;
    this.#identity = identity;
  }

  /**
   * Hands a common.ConfigUpdateEnvelope to one orderer, its own organization's first; another one is asked only where
   * the first is away, for each makes a transaction of its own from it.
   *
   * @throws RegistryError CHANNEL_UPDATE_STALE, CHANNEL_UPDATE_REFUSED, LEDGER_UNAVAILABLE
   */
  async submitUpdate(update: Uint8Array, config: ConfigTree): Promise<void> {
    const envelope = await this.#envelope(update);
    let failure: unknown;
    for (const candidate of orderersOf(config, this.#identity.mspId)) {
      const answer = await broadcast(candidate, envelope);
      if ('failure' in answer) failure = answer.failure;
      else if (answer.status >= common.Status.INTERNAL_SERVER_ERROR)
        failure = new Error(`${candidate.address}: ${answer.info}`);
      else {
        assertTaken(answer);
        return;
      }
    }
    throw new RegistryError('LEDGER_UNAVAILABLE', 'No orderer takes the update now.', { cause: failure });
  }

  async #envelope(updateEnvelope: Uint8Array): Promise<common.Envelope> {
    const { mspId, certificate, hash, signer } = this.#identity;
    const creator = { mspId, certificate: Buffer.from(certificate).toString('utf8') };
    const payload = encodeUpdatePayload({
      channelId: this.#channel,
      timestamp: unixNow(),
      signatureHeader: encodeSignatureHeader(creator, randomBytes(NONCE_BYTES)),
      updateEnvelope,
    });
    const envelope = new common.Envelope();
    envelope.setPayload(payload);
    envelope.setSignature(await signer(hash(payload)));
    return envelope;
  }
}

function orderersOf(config: ConfigTree, own: string): Orderer[] {
  return orderingEndpoints(config)
    .flatMap(({ mspId, addresses }) => {
      const roots = Buffer.concat(tlsAuthorities(organizationMsp(config, mspId)));
      return addresses.map((address) => ({ mspId, address, roots }));
    })
    .sort((a, b) => Number(b.mspId === own) - Number(a.mspId === own));
}

/** One broadcast over a connection of its own: updates are rare. */
function broadcast({ address, roots }: Orderer, envelope: common.Envelope): Promise<Answer> {
  const client = new orderer.AtomicBroadcastClient(address, credentials.createSsl(roots));
  return new Promise<Answer>((resolve) => {
    const stream = client.broadcast({ deadline: Date.now() + BROADCAST_DEADLINE_MS });
    stream.once('data', (answer: orderer.BroadcastResponse) => {
      resolve({ status: answer.getStatus(), info: answer.getInfo() });
      stream.end();
    });
    // The stream stays an emitter of errors after it was answered: closing the connection is one.
    stream.on('error', (failure) => {
      resolve({ failure });
    });
    stream.once('end', () => {
      resolve({ failure: new Error(`${address} ended without an answer`) });
    });
    stream.write(envelope);
  }).finally(() => {
    client.close();
  });
}

function assertTaken({ status, info }: { readonly status: number; readonly info: string }): void {
  if (status === common.Status.SUCCESS) return;
  if (STALE.test(info)) {
    throw new RegistryError('CHANNEL_UPDATE_STALE', `The configuration has changed meanwhile: ${info}`);
  }
  throw new RegistryError('CHANNEL_UPDATE_REFUSED', `The orderers refuse the update: ${info}`, {
    subject: 'ORDERERS',
  });
}
