import { createHash, randomUUID } from 'node:crypto';
import { type ActName, ACTS, assertSchema, canonicalize, RegistryError } from '@maker-registry/protocol';
import { type Authority } from '../auth/certificate-authorities';
import { type AssertNotRevoked } from '../auth/revoked-certificates';
import { forRequest } from '../database/database-error';
import { judgeEndorseError } from '../fabric/errors';
import { type OfflineSigning, type Unsigned } from '../fabric/offline-signing';
import { MAX_DISAGREEMENT_TRIES } from '../limits';
import { backoff } from '../timing/backoff';
import { type Operation } from '../operations/operation';
import { type OperationService } from '../operations/operation-service';
import { type Act, type ActStore } from './act-store';
import { readCreator } from './creator-certificate';

export interface ActRequest {
  readonly act: ActName;
  readonly argument: unknown;
  readonly creator: { readonly msp_id: string; readonly certificate: string };
}

export interface ActServiceDependencies {
  readonly store: ActStore;
  readonly signing: OfflineSigning;
  readonly operations: OperationService;
  readonly authorities: readonly Authority[];
  readonly assertNotRevoked: AssertNotRevoked;
  /** Organization of the peer that is asked to endorse. */
  readonly mspId: string;
  readonly signal: AbortSignal;
}

/**
 * Role acts with the key of the reviewer or administrator far from the gateway: it hands out the bytes of the proposal
 * and then of the transaction, and takes a signature over each.
 */
export class ActService {
  readonly #deps: ActServiceDependencies;

  constructor(dependencies: ActServiceDependencies) {
    this.#deps = dependencies;
  }

  /**
   * Prepares the proposal of an act.
   *
   * @throws RegistryError SCHEMA_VIOLATION, CERTIFICATE_MALFORMED, CERTIFICATE_INVALID, CERTIFICATE_REVOKED, ROLE_MISSING,
   *   LEDGER_UNAVAILABLE when too many acts wait, MIRROR_UNAVAILABLE.
   */
  async prepare(request: ActRequest): Promise<{ readonly actId: string; readonly proposal: Unsigned }> {
    const entry = ACTS[request.act];
    assertSchema(entry.schema, request.argument, '/argument');
    const { msp_id: mspId, certificate: pem } = request.creator;
    const creator = readCreator(mspId, pem, this.#deps.authorities, new Date());
    await this.#deps.assertNotRevoked(creator.parsed, creator.issuer);
    const roles: readonly string[] = entry.roles;
    if (creator.role === undefined || !roles.includes(creator.role)) {
      throw new RegistryError('ROLE_MISSING', `${request.act} needs one of the roles ${roles.join(', ')}.`, {
        subject: creator.role ?? 'none',
      });
    }
    const functionName = `${entry.contract}:${entry.function}`;
    const argument = canonicalize(request.argument);
    const proposal = this.#deps.signing.propose(creator, functionName, argument);
    const act: Act = {
      actId: randomUUID(),
      mspId,
      certificate: creator.certificate,
      function: functionName,
      argument,
      proposal: proposal.bytes,
      transaction: undefined,
    };
    if (await forRequest(() => this.#deps.store.insert(act))) return { actId: act.actId, proposal };
    throw new RegistryError(
      'LEDGER_UNAVAILABLE',
      'Too many acts wait for their signatures; try again later.',
    );
  }

  /**
   * Takes the signature of the proposal and gets the transaction endorsed.
   *
   * @throws RegistryError ACT_UNKNOWN, SIGNATURE_INVALID, the code with which the contract refused,
   *   ENDORSEMENT_FAILED, LEDGER_UNAVAILABLE, MIRROR_UNAVAILABLE.
   */
  async endorse(actId: string, signature: Uint8Array): Promise<Unsigned> {
    const act = await this.#find(actId);
    const endorsed = await this.#endorse(act, signature);
    const bytes = await forRequest(() => this.#deps.store.setTransaction(actId, endorsed.bytes));
    return bytes === endorsed.bytes ? endorsed : this.#deps.signing.unsignedTransaction(bytes);
  }

  /**
   * Takes the signature of the transaction; from here on the act is an operation like any other. Repeated, it finds
   * the same operation.
   *
   * @throws RegistryError ACT_UNKNOWN, SIGNATURE_INVALID, ILLEGAL_TRANSITION before the endorsement, and what
   *   OperationService.accept throws.
   */
  async submit(actId: string, signature: Uint8Array): Promise<Operation> {
    const act = await this.#find(actId);
    if (act.transaction === undefined) {
      throw new RegistryError('ILLEGAL_TRANSITION', 'Sign the proposal first.', { subject: actId });
    }
    const signed = this.#deps.signing.sign(act, act.transaction, signature);
    const request = {
      kind: 'act' as const,
      caller: `act:${actId}`,
      idempotencyKey: actId,
      requestHash: createHash('sha256').update(act.transaction).digest('hex'),
      intentId: undefined,
      function: act.function,
      argument: act.argument,
    };
    return this.#deps.operations.acceptSigned(request, signed);
  }

  async #find(actId: string): Promise<Act> {
    const act = await forRequest(() => this.#deps.store.byId(actId));
    if (act !== undefined) return act;
    throw new RegistryError('ACT_UNKNOWN', 'There is no such act, or its time has passed.', {
      subject: actId,
    });
  }

  /** Another operator's peer may be some blocks behind what the signer saw; the same proposal is sent again then. */
  async #endorse(act: Act, signature: Uint8Array): Promise<Unsigned> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#deps.signing.endorse(act, act.proposal, signature);
      } catch (error) {
        if (error instanceof RegistryError) throw error;
        const verdict = judgeEndorseError(error, this.#deps.mspId);
        const again = verdict.kind === 'disagreement' || verdict.kind === 'transient';
        if (!again || tries >= MAX_DISAGREEMENT_TRIES) throw verdict.error;
        await backoff(tries, this.#deps.signal);
      }
    }
  }
}
