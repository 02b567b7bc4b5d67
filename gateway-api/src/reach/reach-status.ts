import { createHash } from 'node:crypto';
import { type CertificateInUse, organizationMsp, parseCertificate } from '@maker-registry/fabric-proofs';
import { parseCertificate as parseFields, parseCrl } from '@maker-registry/pki';
import { type CertificateRevocation } from '@maker-registry/protocol';
import { type Pool } from 'pg';
import { type Authority } from '../auth/certificate-authorities';
import { forRequest } from '../database/database-error';
import {
  type CertificateReach,
  certificateReach,
  type ListedSerials,
  type ReachFacts,
} from './certificate-reach';
import { type ChannelConfigurations } from './channel-configurations';
import { type IssuedCrl } from './issued-crls';
import { type PeerConfigurations } from './peer-configurations';

/** A certificate that the organization's nodes and people use now. */
export interface UsedCertificate {
  readonly name: string;
  readonly aki: string;
  readonly serial: string;
}

/** How far a page of revocations has come, with what it is judged by. */
export interface ReachReport {
  readonly channel: string;
  readonly config_block: number;
  readonly crls: readonly { readonly key_id: string; readonly number: string; readonly entries: number }[];
  readonly in_use: readonly UsedCertificate[];
  readonly items: readonly CertificateReach[];
}

export interface ReachStatusOptions {
  readonly pool: Pool;
  readonly mspId: string;
  readonly authorities: readonly Authority[];
  readonly configurations: ChannelConfigurations;
  readonly peers: PeerConfigurations;
  readonly inUse: () => readonly CertificateInUse[];
  /** What this gateway serves. */
  readonly issuedCrls: () => Promise<readonly IssuedCrl[]>;
}

/** CRLs of which the serial numbers are kept: those served and those configured, of two CAs, and their predecessors. */
const MAX_KEPT = 8;

/** Asks every station of a revocation's way what it has. */
export class ReachStatus {
  readonly #options: ReachStatusOptions;
  readonly #read = new Map<string, { keyId: string; list: ListedSerials }>();

  constructor(options: ReachStatusOptions) {
    this.#options = options;
  }

  async report(revocations: readonly CertificateRevocation[]): Promise<ReachReport> {
    const facts = await this.#facts(revocations);
    return {
      channel: facts.channel,
      config_block: facts.configBlock,
      crls: [...facts.issued].map(([keyId, { number, held }]) => ({
        key_id: keyId,
        number,
        entries: held.size,
      })),
      in_use: this.#options.inUse().map(usedCertificate),
      items: revocations.map((revocation) => certificateReach(revocation, facts)),
    };
  }

  async #facts(revocations: readonly CertificateRevocation[]): Promise<ReachFacts> {
    const { mspId, configurations, peers, authorities, issuedCrls } = this.#options;
    const [{ number, tree }, peerConfigurations, issued, atFabricCa] = await Promise.all([
      configurations.current(),
      peers.all(),
      issuedCrls(),
      this.#atFabricCa(revocations),
    ]);
    const tls = authorities.filter((one) => one.mspId === mspId && one.purpose === 'tls');
    return {
      channel: configurations.channel,
      configBlock: number,
      issued: new Map(issued.map((crl) => this.#upToDate(crl))),
      configured: this.#byKey(organizationMsp(tree, mspId).revocationList),
      peers: peerConfigurations,
      tlsKeyIds: new Set(tls.flatMap(({ keyId }) => keyId ?? [])),
      atFabricCa,
    };
  }

  #byKey(crls: readonly Uint8Array[]): ReadonlyMap<string, ListedSerials> {
    return new Map(
      crls.map((der) => {
        const { keyId, list } = this.#serialsOf(der);
        return [keyId, list] as const;
      }),
    );
  }

  /** A full list with its delta applied, as a relying party has it that reads both. */
  #upToDate({ base, delta }: IssuedCrl): readonly [string, ListedSerials] {
    const { keyId, list } = this.#serialsOf(base);
    if (delta === undefined) return [keyId, list];
    const news = parseCrl(delta);
    const held = new Map(list.held);
    for (const { serial, reason } of news.entries()) {
      if (reason === 'removeFromCRL') held.delete(serial);
      else held.set(serial, reason === 'certificateHold');
    }
    return [keyId, { number: list.number, delta: String(news.number ?? 0n), held }];
  }

  /** Parsed once: a page asks about many certificates, and pages follow one another. */
  #serialsOf(der: Uint8Array): { keyId: string; list: ListedSerials } {
    const digest = createHash('sha256').update(der).digest('hex');
    const known = this.#read.get(digest);
    if (known !== undefined) return known;
    const crl = parseCrl(der);
    const held = new Map<string, boolean>();
    for (const { serial, reason } of crl.entries()) held.set(serial, reason === 'certificateHold');
    const keyId = crl.authorityKeyIdentifier?.toString('hex') ?? '';
    const read = { keyId, list: { number: String(crl.number ?? 0n), held } };
    const [oldest] = this.#read.keys();
    if (oldest !== undefined && this.#read.size >= MAX_KEPT) this.#read.delete(oldest);
    this.#read.set(digest, read);
    return read;
  }

  async #atFabricCa(revocations: readonly CertificateRevocation[]): Promise<ReadonlySet<string>> {
    const { rows } = await forRequest(() =>
      this.#options.pool.query<{ authority_key_id: string; serial: string }>({
        name: 'fabric_ca_revocations',
        text: `SELECT authority_key_id, serial FROM gateway.fabric_ca_revocations
               WHERE (authority_key_id, serial) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
        values: [revocations.map(({ aki }) => aki), revocations.map(({ serial }) => serial)],
      }),
    );
    return new Set(rows.map(({ authority_key_id: aki, serial }) => `${aki}/${serial}`));
  }
}

function usedCertificate({ name, certificate }: CertificateInUse): UsedCertificate {
  const { serial, authorityKeyIdentifier } = parseFields(parseCertificate(certificate).raw);
  return { name, serial, aki: authorityKeyIdentifier?.toString('hex') ?? '' };
}
