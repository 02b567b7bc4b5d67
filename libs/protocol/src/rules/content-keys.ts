import { type Actor } from '../domain/actor';
import { type Artifact } from '../domain/artifact';
import { type ContentKey, type ContentKeyVersion } from '../domain/content-key';
import { type ContentKeyBody, type Intent } from '../domain/intent-bodies';
import { ledgerKeys, type LedgerWrite, type RuleOutcome } from '../domain/ledger';
import { type RevocationHead } from '../domain/revocation';
import { RegistryError } from '../errors/registry-error';
import { MAX_KEY_VERSIONS } from '../limits';
import { assertReason } from './acts';
import { requireOwnArtifact } from './artifacts';
import { assertNotBanned } from './bans';
import { type IntentContext, ledgerTime } from './context';
import { assertKeyShared, assertSharingSound } from './key-sharing';
import { contentKeyStatus, contentKeyVersion, restrictContentKey, restrictionOf } from './restrictions';
import { appendRevocation, headWrite, revocationWrite } from './revocation-chain';

export interface ContentKeyState {
  readonly contentKey: ContentKey | undefined;
  readonly artifact: Artifact | undefined;
  readonly actor: Actor;
}

/** The put of a content key. */
export function contentKeyWrite(key: ContentKey): LedgerWrite {
  return { kind: 'key', id: ledgerKeys.key(key.artifact_id), value: key };
}

function outcome(key: ContentKey): RuleOutcome {
  const current = contentKeyVersion(key, key.current);
  return {
    writes: [contentKeyWrite(key)],
    result: { id: key.artifact_id, type: 'key', state: current.status },
  };
}

function requireKeyable(
  state: ContentKeyState,
  intent: Intent<'key.commit' | 'key.rotate'>,
  { parameters }: IntentContext,
): Artifact {
  const artifact = requireOwnArtifact(state.artifact, intent.body.artifact_id, intent.actor);
  if (artifact.state === 'revoked') {
    throw new RegistryError('ARTIFACT_NOT_ACTIVE', 'A revoked artifact takes no content key.', {
      subject: artifact.artifact_id,
    });
  }
  assertKeyShared(intent.body, parameters, artifact.risk.class);
  if (intent.body.sharing !== undefined) assertSharingSound(intent.body.sharing, parameters);
  return artifact;
}

function versionOf(body: ContentKeyBody, version: number, context: IntentContext): ContentKeyVersion {
  return {
    version,
    commitment: body.commitment,
    ciphertext_digest: body.ciphertext_digest,
    format: body.format,
    ...(body.sharing === undefined ? {} : { sharing: body.sharing }),
    status: 'current',
    restrictions: [],
    committed: ledgerTime(context),
  };
}

/** Throws CONTENT_KEY_UNKNOWN. */
function requireContentKey(key: ContentKey | undefined, artifactIdHex: string): ContentKey {
  if (key === undefined) {
    throw new RegistryError('CONTENT_KEY_UNKNOWN', 'The artifact has no content key.', {
      subject: artifactIdHex,
    });
  }
  return key;
}

/**
 * key.commit: the ledger learns a commitment to the content key and the digest of the ciphertext, never the key. An
 * artifact that waits for review may have one: it is encrypted before it is published.
 *
 * @throws RegistryError ARTIFACT_UNKNOWN, NOT_MAKER, ARTIFACT_NOT_ACTIVE, ACTOR_BANNED, CONTENT_KEY_EXISTS,
 *   KEY_SHARING_REQUIRED where the class asks for shares, or KEY_SHARING_INVALID
 */
export function commitContentKey(
  state: ContentKeyState,
  intent: Intent<'key.commit'>,
  context: IntentContext,
): RuleOutcome {
  const artifact = requireKeyable(state, intent, context);
  assertNotBanned(state.actor, 'register', artifact.risk.domains);
  if (state.contentKey !== undefined) {
    throw new RegistryError('CONTENT_KEY_EXISTS', 'The artifact has a content key; rotate it instead.', {
      subject: artifact.artifact_id,
    });
  }
  const versions = [versionOf(intent.body, 1, context)];
  return outcome({ artifact_id: artifact.artifact_id, maker: artifact.maker, current: 1, versions });
}

/**
 * key.rotate: a new version becomes current and the one before is retired, unless it is held or revoked. Rights stay as
 * they are: they name the artifact, not the key.
 *
 * @throws RegistryError ARTIFACT_UNKNOWN, NOT_MAKER, ARTIFACT_NOT_ACTIVE, CONTENT_KEY_UNKNOWN, CONTENT_KEY_EXISTS for a commitment
 *   that was used before, KEY_VERSIONS_EXHAUSTED, KEY_SHARING_REQUIRED or KEY_SHARING_INVALID
 */
export function rotateContentKey(
  state: ContentKeyState,
  intent: Intent<'key.rotate'>,
  context: IntentContext,
): RuleOutcome {
  const artifact = requireKeyable(state, intent, context);
  const key = requireContentKey(state.contentKey, artifact.artifact_id);
  if (key.versions.some(({ commitment }) => commitment === intent.body.commitment)) {
    throw new RegistryError(
      'CONTENT_KEY_EXISTS',
      'A rotation needs a fresh key; this one was committed before.',
      {
        subject: intent.body.commitment,
      },
    );
  }
  if (key.versions.length >= MAX_KEY_VERSIONS) {
    throw new RegistryError(
      'KEY_VERSIONS_EXHAUSTED',
      `An artifact may have ${MAX_KEY_VERSIONS} content keys.`,
      {
        subject: artifact.artifact_id,
      },
    );
  }
  const current = key.versions.length + 1;
  const earlier = key.versions.map((version) => ({
    ...version,
    status: contentKeyStatus(false, version.restrictions),
  }));
  return outcome({ ...key, current, versions: [...earlier, versionOf(intent.body, current, context)] });
}

export interface RevokeContentKeyState {
  readonly contentKey: ContentKey | undefined;
  readonly head: RevocationHead | undefined;
}

/**
 * key.revoke: the maker revokes one version of the content key for good.
 *
 * @throws RegistryError CONTENT_KEY_UNKNOWN, NOT_MAKER, REASON_UNKNOWN or REVOKED
 */
export function revokeContentKey(
  state: RevokeContentKeyState,
  intent: Intent<'key.revoke'>,
  context: IntentContext,
): RuleOutcome {
  const { artifact_id, version, reason_code } = intent.body;
  const key = requireContentKey(state.contentKey, artifact_id);
  if (key.maker !== intent.actor) {
    throw new RegistryError('NOT_MAKER', 'Only the maker may revoke the content key.', {
      subject: artifact_id,
    });
  }
  assertReason(context.parameters, reason_code, 'maker', 'revoke');
  const { entry, head } = appendRevocation(
    state.head,
    {
      subject_type: 'key',
      subject_id: artifact_id,
      key_version: version,
      kind: 'revoke',
      reason_code,
      by: { actor: intent.actor },
      final: true,
    },
    context,
  );
  const revoked = restrictContentKey(key, version, restrictionOf(entry, 'revoke'));
  return {
    writes: [contentKeyWrite(revoked), revocationWrite(entry), headWrite(head)],
    result: {
      id: artifact_id,
      type: 'key',
      state: 'revoked',
      first_number: entry.number,
      last_number: entry.number,
    },
  };
}
