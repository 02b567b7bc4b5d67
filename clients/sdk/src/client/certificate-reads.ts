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

/** How far a revocation, hold or release has come. */
export interface CertificateReach {
  readonly aki: string;
  readonly serial: string;
  readonly state: CertificateState;
  readonly reason?: CertificateReason;
  readonly ledger: { readonly at: number; readonly tx_id: string };
  /** Numbers of the full CRL and its delta, and whether they say what the ledger says. */
  readonly crl: { readonly number: string | null; readonly delta: string | null; readonly reached: boolean };
  readonly fabric_ca: 'reached' | 'pending' | 'not_applicable';
  readonly channels: readonly {
    readonly channel: string;
    readonly config_block: number;
    readonly crl_number: string | null;
    readonly reached: boolean;
    readonly peers_reached: readonly string[];
    readonly peers_behind: readonly string[];
    readonly peers_silent: readonly string[];
  }[];
  readonly complete: boolean;
}

/** A page of it, with what the operator's stations have now. */
export interface CertificateReachPage {
  readonly channel: string;
  readonly config_block: number;
  readonly crls: readonly { readonly key_id: string; readonly number: string; readonly entries: number }[];
  /** Certificates that the operator's nodes and people use now. */
  readonly in_use: readonly (CertificateKey & { readonly name: string })[];
  readonly items: readonly CertificateReach[];
  readonly next_cursor?: string;
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

  /** One page of where the revocations of the gateway's own operator have reached; `cursor` of the page before. */
  async reach(
    filter: Pick<CertificateFilter, 'aki' | 'serial' | 'state'> & {
      readonly cursor?: string;
      readonly limit?: number;
    } = {},
    options?: ReadOptions,
  ): Promise<CertificateReachPage> {
    return await this.#mirror.document<CertificateReachPage>('/v1/certificate-reach', options, { ...filter });
  }
}
