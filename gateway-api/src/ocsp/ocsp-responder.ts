import { createHash } from 'node:crypto';
import {
  assembleOcspResponse,
  buildOcspResponseData,
  isIssuedBy,
  ocspError,
  type OcspRequest,
  parseCertificate,
  parseOcspRequest,
  PkiFormatError,
} from '@maker-registry/pki';
import { type Logger } from 'pino';
import { type NamedAuthority } from '../crl';
import { type HsmClient, toDerSignature } from '../hsm';
import { type CertificateStatuses } from './certificate-statuses';
import { ANSWER_CACHE_S, ANSWER_LIFETIME_S, MAX_CACHED_ANSWERS, REPORT_INTERVAL_S } from './limits';
import { type ResponderCertificates } from './responder-certificates';

export interface OcspDeps {
  readonly authorities: readonly NamedAuthority[];
  readonly statuses: CertificateStatuses;
  readonly certificates: ResponderCertificates;
  readonly hsm: Pick<HsmClient, 'sign'>;
  /** Label of the key in the token: that of the certificates. */
  readonly keyLabel: string;
  readonly freshness: { currentAt(): number; assertFresh(): void };
  readonly logger: Logger;
  /** Unix seconds. */
  readonly now: () => number;
}

interface CachedAnswer {
  readonly response: Buffer;
  /** Unix seconds. */
  readonly until: number;
}

/**
 * The OCSP responder (RFC 6960) of the organization's CAs: says what the ledger says, signed by the newest key of the role `ocsp`. It never
 * throws: what can't be answered is one of the errors that clients of the protocol know.
 */
export class OcspResponder {
  readonly #deps: OcspDeps;
  readonly #cache = new Map<string, CachedAnswer>();
  #reportedAt = 0;

  constructor(deps: OcspDeps) {
    this.#deps = deps;
  }

  /** The response (DER) to a request (DER). */
  async answer(request: Uint8Array): Promise<Buffer> {
    let parsed: OcspRequest;
    try {
      parsed = parseOcspRequest(request);
    } catch (error) {
      if (!(error instanceof PkiFormatError)) throw error;
      return ocspError('malformedRequest');
    }
    const authority = this.#authorityOf(parsed);
    if (authority === undefined) return ocspError('unauthorized');
    try {
      return await this.#cached(parsed, authority);
    } catch (error) {
      this.#report(error);
      return ocspError('tryLater');
    }
  }

  /** Anybody may ask, so that what fails is logged once in a while only. */
  #report(error: unknown): void {
    const now = this.#deps.now();
    if (now < this.#reportedAt + REPORT_INTERVAL_S) return;
    this.#reportedAt = now;
    this.#deps.logger.warn({ err: error }, 'OCSP requests could not be answered');
  }

  /** The one CA of all certificates asked about: a response has one responder, and a responder speaks for one CA. */
  #authorityOf({ certificates }: OcspRequest): NamedAuthority | undefined {
    return this.#deps.authorities.find(({ certificate }) => {
      const fields = parseCertificate(certificate);
      return certificates.every((id) => isIssuedBy(id, fields));
    });
  }

  async #cached(request: OcspRequest, authority: NamedAuthority): Promise<Buffer> {
    if (request.nonce !== undefined) return this.#sign(request, authority);
    const now = this.#deps.now();
    const key = request.certificates.map(({ hash, serial }) => `${hash}:${serial}`).join(' ');
    const name = `${authority.name} ${key}`;
    const cached = this.#cache.get(name);
    if (cached !== undefined && now < cached.until) return cached.response;
    const response = await this.#sign(request, authority);
    if (this.#cache.size >= MAX_CACHED_ANSWERS) this.#cache.clear();
    this.#cache.set(name, { response, until: now + ANSWER_CACHE_S });
    return response;
  }

  async #sign({ certificates: ids, nonce }: OcspRequest, authority: NamedAuthority): Promise<Buffer> {
    const { freshness, statuses, certificates, hsm, keyLabel, now } = this.#deps;
    // Asked before the state is read, which is then at least that new.
    const currentAt = freshness.currentAt();
    freshness.assertFresh();
    const known = await statuses.of(
      authority.keyId,
      ids.map(({ serial }) => serial),
    );
    const responder = await certificates.current(authority);
    const producedAt = now();
    const thisUpdate = Math.min(producedAt, currentAt);
    const data = buildOcspResponseData({
      responder: responder.fields,
      producedAt,
      answers: ids.map((certificate, index) => ({
        certificate,
        status: known[index] ?? { status: 'unknown' },
        thisUpdate,
        nextUpdate: thisUpdate + ANSWER_LIFETIME_S,
      })),
      ...(nonce === undefined ? {} : { nonce }),
    });
    const signature = await hsm.sign(keyLabel, createHash('sha256').update(data).digest());
    return assembleOcspResponse(data, toDerSignature(signature), [responder.der]);
  }
}
