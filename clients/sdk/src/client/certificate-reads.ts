import {
  type CertificateKey,
  type CertificateReason,
  type CertificateRevocation,
  type CertificateState,
} from '@maker-registry/protocol';
import { type ReadOptions } from './documents';
import { type MirrorReader, pathOf } from './mirror-reader';

export interface CertificateFilter {
  readonly msp_id?: string;
  readonly aki?: string;
  readonly serial?: string;
  readonly state?: CertificateState;
  readonly reason?: CertificateReason;
}

/** Reads of certificate revocations. An entry counts for certificates of its organization's own CAs only. */
export class CertificateReads {
  readonly #mirror: MirrorReader;

  constructor(mirror: MirrorReader) {
    this.#mirror = mirror;
  }

  /** What the organization says of one certificate. Throws REVOCATION_UNKNOWN where it never revoked or held it. */
  async revocation(
    mspId: string,
    { aki, serial }: CertificateKey,
    options?: ReadOptions,
  ): Promise<CertificateRevocation> {
    return await this.#mirror.document(pathOf('v1', 'certificates', mspId, aki, serial), options);
  }

  /** Certificates revoked, held or released, oldest first. */
  revocations(filter: CertificateFilter = {}, options?: ReadOptions): AsyncGenerator<CertificateRevocation> {
    return this.#mirror.list<CertificateRevocation>('/v1/certificates', { ...filter }, options);
  }
}
