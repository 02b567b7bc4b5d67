import { type LedgerIntentBodies } from '../domain/intent-bodies';
import { type LicenseTerms } from '../domain/license';
import { sha256Hex } from '../encoding/hash';
import { type Person, person, World } from './world';

export const TERMS: LicenseTerms = {
  actions: ['execute', 'resell', 'adapt'],
  purposes: ['research', 'deployment'],
  limits: {},
  transfer: { resale: true, gift: true, bequest: true },
  resale_royalty_bps: 500,
  obligations: ['attribution'],
};

/** A world in which a maker, two holders and a stranger are registered and the maker has defined a license. */
export interface Scene {
  readonly world: World;
  readonly maker: Person;
  readonly ann: Person;
  readonly bob: Person;
  readonly eve: Person;
  readonly licenseId: string;
}

export async function register(world: World, who: Person): Promise<void> {
  await world.submit(who, 'actor.register', { alg: who.signer.alg, public_key: who.signer.publicKey });
}

export async function scene(terms: Partial<LicenseTerms> = {}): Promise<Scene> {
  const world = new World();
  const [maker, ann, bob, eve] = [person('maker'), person('ann'), person('bob'), person('eve')] as const;
  for (const who of [maker, ann, bob, eve]) await register(world, who);
  const licenseId = await define(world, maker, terms);
  return { world, maker, ann, bob, eve, licenseId };
}

export async function define(
  world: World,
  licensor: Person,
  terms: Partial<LicenseTerms> = {},
): Promise<string> {
  const { result } = await world.submit(licensor, 'license.define', {
    name: 'Terms',
    terms: { ...TERMS, ...terms },
  });
  return result.id;
}

/** The body of an artifact's registration. */
export function artifactBody(
  licenseId: string,
  changes: Partial<LedgerIntentBodies['artifact.register']> = {},
): LedgerIntentBodies['artifact.register'] {
  return {
    kind: 'model',
    name: 'minilm',
    version: '1.0.0',
    root_digest: sha256Hex('content'),
    parents: [],
    license_id: licenseId,
    risk: { class: 'low', domains: [], declaration: '' },
    ...changes,
  };
}

export async function publish(
  { world, maker, licenseId }: Scene,
  changes: Partial<LedgerIntentBodies['artifact.register']> = {},
): Promise<string> {
  const { result } = await world.submit(maker, 'artifact.register', artifactBody(licenseId, changes));
  return result.id;
}

/** The body of a right for ann. */
export function rightBody(
  { ann, licenseId }: Scene,
  artifactId: string,
  changes: Partial<LedgerIntentBodies['right.issue']> = {},
): LedgerIntentBodies['right.issue'] {
  return {
    artifact_id: artifactId,
    license_id: licenseId,
    holder: ann.id,
    actions: ['execute'],
    purpose: 'deployment',
    limits: {},
    ...changes,
  };
}

export async function issue(
  at: Scene,
  artifactId: string,
  changes: Partial<LedgerIntentBodies['right.issue']> = {},
): Promise<string> {
  const { result } = await at.world.submit(at.maker, 'right.issue', rightBody(at, artifactId, changes));
  return result.id;
}
