import type { LedgerIntentBodies, LicenseTerms, RiskClass, TransferTerms } from '@maker-registry/protocol';
import { resultOf } from './expectations';
import { partyNamed, type Party } from './party';
import { callerOf, Scenario } from './scenario';

/** Terms that permit everything. */
export const OPEN_TERMS: LicenseTerms = {
  actions: ['execute', 'resell', 'adapt', 'redistribute'],
  purposes: ['research', 'deployment'],
  limits: {},
  transfer: { resale: true, gift: true, bequest: true },
  resale_royalty_bps: 500,
  obligations: ['attribution'],
};

/** The usual terms with other rules for changes of holder. */
export function termsWith(transfer: Partial<TransferTerms>): LicenseTerms {
  return { ...OPEN_TERMS, transfer: { ...OPEN_TERMS.transfer, ...transfer } };
}

/** Identities that act by their role. */
export const REVIEWERS = ['Op1MSP', 'Op2MSP', 'Op3MSP'].map((mspId) => callerOf(mspId, 'safety-reviewer'));
export const REGULATOR = callerOf('RegulatorMSP', 'regulator');

/** A governed network with a maker, a holder and a buyer, ready to register and issue. */
export class World extends Scenario {
  readonly maker: Party = partyNamed('maker');
  readonly holder: Party = partyNamed('holder', 'es256');
  readonly buyer: Party = partyNamed('buyer');

  /** The world with its parameters in force and its parties registered. */
  static async begin(): Promise<World> {
    const world = new World();
    await world.govern();
    await world.register(world.maker, world.holder, world.buyer);
    return world;
  }

  /** Defines a license of the maker; returns its id. */
  async license(terms: LicenseTerms = OPEN_TERMS, licensor = this.maker): Promise<string> {
    return resultOf(await this.intent('license.define', licensor, { name: 'Terms', terms })).id;
  }

  /** The body of a registration under a license. */
  registration(
    licenseId: string,
    changes: Partial<LedgerIntentBodies['artifact.register']> = {},
  ): LedgerIntentBodies['artifact.register'] {
    return {
      kind: 'model',
      name: 'acme/model',
      version: '1.0.0',
      root_digest: '11'.repeat(32),
      parents: [],
      license_id: licenseId,
      risk: { class: 'low', domains: [], declaration: 'Harmless.' },
      ...changes,
    };
  }

  /** Registers an artifact of the maker; returns its id. */
  async artifact(licenseId: string, riskClass: RiskClass = 'low', name = 'acme/model'): Promise<string> {
    const risk = { class: riskClass, domains: [], declaration: '' };
    const body = this.registration(licenseId, { risk, name });
    return resultOf(await this.intent('artifact.register', this.maker, body)).id;
  }

  /** The body of an issue to the holder. */
  grant(
    artifactId: string,
    licenseId: string,
    changes: Partial<LedgerIntentBodies['right.issue']> = {},
  ): LedgerIntentBodies['right.issue'] {
    return {
      artifact_id: artifactId,
      license_id: licenseId,
      holder: this.holder.actorId,
      actions: ['execute', 'resell'],
      purpose: 'deployment',
      limits: {},
      ...changes,
    };
  }

  /** Issues a right under new terms on a new artifact; returns its id. */
  async right(terms: LicenseTerms = OPEN_TERMS, riskClass: RiskClass = 'low'): Promise<string> {
    const licenseId = await this.license(terms);
    const artifactId = await this.artifact(licenseId, riskClass);
    return resultOf(await this.intent('right.issue', this.maker, this.grant(artifactId, licenseId))).id;
  }
}
