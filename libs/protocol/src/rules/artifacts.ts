import { type Actor } from '../domain/actor';
import { type Artifact, type Parent, type ParentRelation } from '../domain/artifact';
import { type LicenseAction } from '../domain/common';
import { type Intent } from '../domain/intent-bodies';
import { ledgerKeys, type LedgerWrite, type RuleOutcome } from '../domain/ledger';
import { type License } from '../domain/license';
import { type RestrictionKind, type Revocation, type RevocationHead } from '../domain/revocation';
import { RegistryError } from '../errors/registry-error';
import { artifactId } from '../identifiers';
import { MAX_MAKER_RESTRICTIONS } from '../limits';
import { assertReason } from './acts';
import { assertNotBanned, bars } from './bans';
import { type IntentContext, ledgerTime } from './context';
import {
  artifactState,
  liftableByMaker,
  restrictArtifact,
  restrictionOf,
  withArtifactRestrictions,
} from './restrictions';
import { appendRevocation, headWrite, revocationWrite } from './revocation-chain';
import { releaseAll } from './releases';
import { passesGate, stricterClass } from './risk';

/** State of one parent; undefined where nothing is under its id. `license` is needed for parents of other makers only. */
export interface ParentState {
  readonly artifact: Artifact | undefined;
  readonly license?: License | undefined;
}

export interface RegisterArtifactState {
  /** State under the id that maker, name and version give (`artifactId`). */
  readonly existing: Artifact | undefined;
  readonly license: License | undefined;
  /** In the order of the body's parents. */
  readonly parents: readonly ParentState[];
  readonly actor: Actor;
}

/** What a parent's license must permit for each relation. A component is passed on as it is; the rest changes it. */
const NEEDED_ACTION: Readonly<Record<ParentRelation, LicenseAction>> = {
  derived: 'adapt',
  'fine-tune': 'adapt',
  adapter: 'adapt',
  merge: 'adapt',
  quantized: 'adapt',
  component: 'redistribute',
};

/** The put of an artifact. */
export function artifactWrite(artifact: Artifact): LedgerWrite {
  return { kind: 'artifact', id: ledgerKeys.artifact(artifact.artifact_id), value: artifact };
}

function result(artifact: Artifact): RuleOutcome['result'] {
  return { id: artifact.artifact_id, type: 'artifact', state: artifact.state };
}

/**
 * artifact.register: a version enters the ledger, active at once where its risk class asks for no review. The class in
 * force is the strictest of the declared one and the parents': a derivative cannot declare its origin away.
 *
 * @throws RegistryError ARTIFACT_EXISTS, LICENSE_UNKNOWN, DOMAIN_UNKNOWN, PARENT_UNKNOWN, PARENT_REVOKED, ARTIFACT_NOT_ACTIVE,
 *   ACTION_NOT_PERMITTED, LICENSE_VIOLATION or ACTOR_BANNED
 */
export function registerArtifact(
  state: RegisterArtifactState,
  intent: Intent<'artifact.register'>,
  context: IntentContext,
): RuleOutcome {
  const { body } = intent;
  const id = artifactId(intent.actor, body.name, body.version);
  if (state.existing !== undefined) {
    throw new RegistryError(
      'ARTIFACT_EXISTS',
      `The maker has registered ${body.name} ${body.version} before.`,
      {
        subject: id,
      },
    );
  }
  if (state.license === undefined) throw unknownLicense(body.license_id);
  const parents = body.parents.map((parent, index) =>
    usableParent(parent, state.parents[index], intent.actor),
  );
  const risk = effectiveRisk(body.risk, parents, context);
  assertNotBanned(state.actor, 'register', risk.domains);
  const approved = passesGate(context.parameters, risk.class, []);
  const artifact: Artifact = {
    artifact_id: id,
    maker: intent.actor,
    kind: body.kind,
    name: body.name,
    version: body.version,
    root_digest: body.root_digest,
    parents: body.parents,
    license_id: body.license_id,
    risk,
    state: artifactState(approved, []),
    approved,
    reviews: [],
    restrictions: [],
    registered: ledgerTime(context),
  };
  return { writes: [artifactWrite(artifact)], result: result(artifact) };
}

function unknownLicense(licenseIdHex: string): RegistryError {
  return new RegistryError('LICENSE_UNKNOWN', 'The license is not defined.', { subject: licenseIdHex });
}

function usableParent(parent: Parent, state: ParentState | undefined, maker: string): Artifact {
  const artifact = state?.artifact;
  const subject = parent.artifact_id;
  if (artifact?.artifact_id !== subject) {
    throw new RegistryError('PARENT_UNKNOWN', 'A parent is not registered.', { subject });
  }
  if (artifact.state === 'revoked')
    throw new RegistryError('PARENT_REVOKED', 'A parent is revoked.', { subject });
  if (artifact.state !== 'active' && artifact.state !== 'downgraded') {
    throw new RegistryError('ARTIFACT_NOT_ACTIVE', `A parent is ${artifact.state}.`, { subject });
  }
  assertNotNarrowed(parent, artifact);
  if (artifact.maker !== maker) assertDerivable(parent, artifact, state?.license);
  return artifact;
}

/** What operators have barred of a parent binds its own maker too: a derivative would carry it on under another name. */
function assertNotNarrowed({ relation }: Parent, { artifact_id, restrictions, risk }: Artifact): void {
  const needed = NEEDED_ACTION[relation];
  const bar = restrictions.find(({ scope }) => scope !== undefined && bars({ scope }, needed, risk.domains));
  if (bar === undefined) return;
  throw new RegistryError(
    'ACTION_NOT_PERMITTED',
    `Revocation ${bar.number} of a parent bars to ${needed} it.`,
    { subject: artifact_id },
  );
}

function assertDerivable(parent: Parent, artifact: Artifact, license: License | undefined): void {
  if (license?.license_id !== artifact.license_id) throw unknownLicense(artifact.license_id);
  const needed = NEEDED_ACTION[parent.relation];
  if (!license.terms.actions.includes(needed)) {
    throw new RegistryError('LICENSE_VIOLATION', `The parent’s license does not permit to ${needed}.`, {
      subject: artifact.artifact_id,
    });
  }
}

function effectiveRisk(
  declared: Intent<'artifact.register'>['body']['risk'],
  parents: readonly Artifact[],
  { parameters }: IntentContext,
): Artifact['risk'] {
  const unknown = declared.domains.find((domain) => !parameters.domains.includes(domain));
  if (unknown !== undefined) {
    throw new RegistryError('DOMAIN_UNKNOWN', `The domain ${unknown} is not in the parameters.`, {
      subject: unknown,
    });
  }
  const domains = new Set([...declared.domains, ...parents.flatMap(({ risk }) => risk.domains)]);
  return {
    class: parents.reduce((strictest, { risk }) => stricterClass(strictest, risk.class), declared.class),
    declared_class: declared.class,
    domains: [...domains].sort(),
    declaration: declared.declaration,
  };
}

export interface ArtifactRevocationState {
  readonly artifact: Artifact | undefined;
  readonly head: RevocationHead | undefined;
}

/** The artifact, if the actor made it: ARTIFACT_UNKNOWN or NOT_MAKER. */
export function requireOwnArtifact(artifact: Artifact | undefined, id: string, actor: string): Artifact {
  if (artifact === undefined) {
    throw new RegistryError('ARTIFACT_UNKNOWN', 'The artifact is not registered.', { subject: id });
  }
  if (artifact.maker !== actor) {
    throw new RegistryError('NOT_MAKER', 'Only the maker of the artifact may do this.', { subject: id });
  }
  return artifact;
}

/** A maker must not fill its artifact's list with harmless entries until operators find no room: RESTRICTIONS_EXHAUSTED. */
function assertMakersRoom(artifact: Artifact, maker: string, kind: RestrictionKind): void {
  const own = liftableByMaker(artifact.restrictions, maker).length;
  if (kind === 'revoke' || own < MAX_MAKER_RESTRICTIONS) return;
  throw new RegistryError(
    'RESTRICTIONS_EXHAUSTED',
    `The maker has ${own} restrictions of its own in force on the artifact.`,
    { subject: artifact.artifact_id },
  );
}

/**
 * artifact.revoke: the maker restricts its own artifact, with a reason that the parameters permit makers. A `revoke` is
 * final; the rest the maker may lift with artifact.release.
 *
 * @throws RegistryError ARTIFACT_UNKNOWN, NOT_MAKER, REASON_UNKNOWN, REVOKED, RESTRICTIONS_EXHAUSTED or SCHEMA_VIOLATION
 */
export function revokeArtifact(
  state: ArtifactRevocationState,
  intent: Intent<'artifact.revoke'>,
  context: IntentContext,
): RuleOutcome {
  const { body, actor } = intent;
  const artifact = requireOwnArtifact(state.artifact, body.artifact_id, actor);
  assertReason(context.parameters, body.reason_code, 'maker', body.kind);
  assertMakersRoom(artifact, actor, body.kind);
  if (body.limits !== undefined && body.kind !== 'restrict' && body.kind !== 'downgrade') {
    throw new RegistryError('SCHEMA_VIOLATION', `limits has no meaning for a ${body.kind}.`, {
      subject: '/body/limits',
    });
  }
  const { entry, head } = appendRevocation(
    state.head,
    {
      subject_type: 'artifact',
      subject_id: artifact.artifact_id,
      kind: body.kind,
      reason_code: body.reason_code,
      ...(body.note === undefined ? {} : { note: body.note }),
      ...(body.limits === undefined ? {} : { limits: body.limits }),
      by: { actor },
      final: body.kind === 'revoke',
    },
    context,
  );
  const restricted = restrictArtifact(artifact, restrictionOf(entry, body.kind));
  return {
    writes: [artifactWrite(restricted), revocationWrite(entry), headWrite(head)],
    result: { ...result(restricted), first_number: entry.number, last_number: entry.number },
  };
}

export interface ReleaseArtifactState extends ArtifactRevocationState {
  readonly actor: Actor;
  /** Entries of the numbers that `liftableByMaker(artifact.restrictions, actor)` gives. */
  readonly revocations: readonly (Revocation | undefined)[];
}

/**
 * artifact.release: the maker lifts all restrictions it put on its artifact itself, save a final one. Those of operators
 * and regulators stay.
 *
 * @throws RegistryError ARTIFACT_UNKNOWN, NOT_MAKER, REVOKED, ACTOR_BANNED or ILLEGAL_TRANSITION where there is nothing to lift
 */
export function releaseArtifact(
  state: ReleaseArtifactState,
  intent: Intent<'artifact.release'>,
  context: IntentContext,
): RuleOutcome {
  const artifact = requireOwnArtifact(state.artifact, intent.body.artifact_id, intent.actor);
  if (artifact.state === 'revoked') {
    throw new RegistryError('REVOKED', 'The artifact is revoked for good.', {
      subject: artifact.artifact_id,
    });
  }
  assertNotBanned(state.actor, 'register', artifact.risk.domains);
  const numbers = liftableByMaker(artifact.restrictions, intent.actor);
  const released = releaseAll(
    { ...state, numbers, by: { actor: intent.actor }, subjectId: artifact.artifact_id },
    context,
  );
  const free = withArtifactRestrictions(
    artifact,
    artifact.restrictions.filter(({ number }) => !numbers.includes(number)),
  );
  return {
    writes: [artifactWrite(free), ...released.writes],
    result: { ...result(free), ...released.range },
  };
}
