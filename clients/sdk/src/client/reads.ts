import {
  type Actor,
  type Artifact,
  type ContentKey,
  type License,
  type Parameters,
  type Revocation,
  type Right,
  type Sale,
} from '@maker-registry/protocol';
import { MAX_PAGES } from '../limits';
import { CertificateReads } from './certificate-reads';
import { type ArtifactFilter, type ReadOptions, type RightFilter } from './documents';
import { type GatewayConnection } from './gateway-connection';
import { endless, MirrorReader, pathOf } from './mirror-reader';
import { ProvenanceReads } from './provenance-reads';
import { RoyaltyReads } from './royalty-reads';

/** Reads from the gateway's mirror. Each waits for the height of this client's own writes unless told otherwise. */
export class Reads {
  /** Models, watermark schemes, generation records. */
  readonly provenance: ProvenanceReads;
  /** Policies, settlements, vaults, payouts, streams, shares. */
  readonly royalties: RoyaltyReads;
  /** Revocations of X.509 certificates. */
  readonly certificates: CertificateReads;
  readonly #mirror: MirrorReader;

  constructor(gateway: GatewayConnection) {
    this.#mirror = new MirrorReader(gateway);
    this.provenance = new ProvenanceReads(this.#mirror);
    this.royalties = new RoyaltyReads(this.#mirror);
    this.certificates = new CertificateReads(this.#mirror);
  }

  async actor(actorId: string, options?: ReadOptions): Promise<Actor> {
    return await this.#mirror.document(pathOf('v1', 'actors', actorId), options);
  }

  async artifact(artifactId: string, options?: ReadOptions): Promise<Artifact> {
    return await this.#mirror.document(pathOf('v1', 'artifacts', artifactId), options);
  }

  async license(licenseId: string, options?: ReadOptions): Promise<License> {
    return await this.#mirror.document(pathOf('v1', 'licenses', licenseId), options);
  }

  async right(rightId: string, options?: ReadOptions): Promise<Right> {
    return await this.#mirror.document(pathOf('v1', 'rights', rightId), options);
  }

  async contentKeys(artifactId: string, options?: ReadOptions): Promise<ContentKey> {
    return await this.#mirror.document(pathOf('v1', 'keys', artifactId), options);
  }

  async parameters(options?: ReadOptions): Promise<Parameters> {
    return await this.#mirror.document('/v1/parameters', options);
  }

  /** The transaction with its block, time, validation code and writes, as the mirror shows it. */
  async transaction(txId: string, options?: ReadOptions): Promise<Record<string, unknown>> {
    return await this.#mirror.object(pathOf('v1', 'transactions', txId), options);
  }

  /** The block's hashes and transactions, as the mirror shows it. */
  async block(number: number, options?: ReadOptions): Promise<Record<string, unknown>> {
    return await this.#mirror.object(pathOf('v1', 'blocks', number), options);
  }

  /** Artifacts that match, page after page. */
  artifacts(filter: ArtifactFilter = {}, options?: ReadOptions): AsyncGenerator<Artifact> {
    return this.#mirror.list<Artifact>('/v1/artifacts', { ...filter }, options);
  }

  rights(filter: RightFilter = {}, options?: ReadOptions): AsyncGenerator<Right> {
    return this.#mirror.list<Right>('/v1/rights', { ...filter }, options);
  }

  sales(rightId: string, options?: ReadOptions): AsyncGenerator<Sale> {
    return this.#mirror.list<Sale>('/v1/sales', { right_id: rightId }, options);
  }

  /** Ledger revocations with a number above `after`. */
  async *revocations(after = 0, options?: ReadOptions): AsyncGenerator<Revocation> {
    let last = after;
    for (let pages = 0; pages < MAX_PAGES; pages += 1) {
      const { items } = await this.#mirror.page<Revocation>('/v1/revocations', { after: last }, options);
      yield* items;
      const newest = items.at(-1);
      if (newest === undefined) return;
      // Numbers have no gap, so the last one is the cursor; one that does not grow would loop for ever.
      if (newest.number <= last) throw endless('/v1/revocations');
      last = newest.number;
    }
    throw endless('/v1/revocations');
  }

  /** Everything the ledger holds about one subject, oldest first. */
  timeline(subjectId: string, options?: ReadOptions): AsyncGenerator<Record<string, unknown>> {
    return this.#mirror.list<Record<string, unknown>>(pathOf('v1', 'timeline', subjectId), {}, options);
  }
}
