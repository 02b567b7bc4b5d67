import { type GenerationRecord, type Model, type Scheme } from '@maker-registry/protocol';
import { type ReadOptions } from './documents';
import { type MirrorReader, pathOf } from './mirror-reader';
import {
  type LineageOptions,
  type ModelFilter,
  type PayloadQuery,
  type RecordBundle,
  type RecordFilter,
  type RecordLineage,
  type RecordRisks,
  type SchemeFilter,
} from './provenance-documents';

/** Reads of the provenance registry. Listings are oldest first; single documents throw the registry's 404 codes. */
export class ProvenanceReads {
  readonly #mirror: MirrorReader;

  constructor(mirror: MirrorReader) {
    this.#mirror = mirror;
  }

  models(filter: ModelFilter = {}, options?: ReadOptions): AsyncGenerator<Model> {
    return this.#mirror.list<Model>('/v1/models', { ...filter }, options);
  }

  async model(modelRef: string, options?: ReadOptions): Promise<Model> {
    return await this.#mirror.document(pathOf('v1', 'models', modelRef), options);
  }

  /** The model's entry as it was at a version. */
  async modelVersion(modelRef: string, version: number, options?: ReadOptions): Promise<Model> {
    return await this.#mirror.document(pathOf('v1', 'models', modelRef, 'versions', version), options);
  }

  schemes(filter: SchemeFilter = {}, options?: ReadOptions): AsyncGenerator<Scheme> {
    return this.#mirror.list<Scheme>('/v1/schemes', { ...filter }, options);
  }

  async scheme(schemeRef: string, options?: ReadOptions): Promise<Scheme> {
    return await this.#mirror.document(pathOf('v1', 'schemes', schemeRef), options);
  }

  async schemeVersion(schemeRef: string, version: number, options?: ReadOptions): Promise<Scheme> {
    return await this.#mirror.document(pathOf('v1', 'schemes', schemeRef, 'versions', version), options);
  }

  /** Records that match; with a payload, all whose nonce begins with it. */
  records(
    filter: RecordFilter | (RecordFilter & PayloadQuery) = {},
    options?: ReadOptions,
  ): AsyncGenerator<GenerationRecord> {
    return this.#mirror.list<GenerationRecord>('/v1/records', { ...filter }, options);
  }

  async record(modelRef: string, contentHash: string, options?: ReadOptions): Promise<GenerationRecord> {
    return await this.#mirror.document(recordPath(modelRef, contentHash), options);
  }

  /** The record's ancestors, or what derives from it. */
  async lineage(
    modelRef: string,
    contentHash: string,
    query: LineageOptions = {},
    options?: ReadOptions,
  ): Promise<RecordLineage> {
    return await this.#mirror.document(recordPath(modelRef, contentHash, 'lineage'), options, { ...query });
  }

  /** Everything that verifying the record offline needs. */
  async bundle(modelRef: string, contentHash: string, options?: ReadOptions): Promise<RecordBundle> {
    return await this.#mirror.document(recordPath(modelRef, contentHash, 'bundle'), options);
  }

  async risks(modelRef: string, contentHash: string, options?: ReadOptions): Promise<RecordRisks> {
    return await this.#mirror.document(recordPath(modelRef, contentHash, 'risks'), options);
  }
}

function recordPath(modelRef: string, contentHash: string, ...rest: readonly string[]): string {
  return pathOf('v1', 'records', modelRef, contentHash, ...rest);
}
