import { type Actor } from '../domain/actor';
import { type Artifact } from '../domain/artifact';
import { type RiskClass } from '../domain/common';
import { type Intent } from '../domain/intent-bodies';
import { ledgerKeys, type RuleOutcome } from '../domain/ledger';
import { type Model, type ModelKey } from '../domain/model';
import { RegistryError } from '../errors/registry-error';
import { MAX_MODEL_KEYS } from '../limits';
import { assertAttestationKey } from '../provenance/attestation-key-proof';
import { modelReference } from '../provenance/reference';
import { assertNotBanned } from './bans';
import { type IntentContext, ledgerTime } from './context';
import { stricterClass } from './risk';

function outcome(model: Model): RuleOutcome {
  const { model_ref: ref, version } = model;
  return {
    writes: [
      { kind: 'model', id: ledgerKeys.model(ref), value: model },
      { kind: 'model-version', id: ledgerKeys['model-version'](ref, version), value: model },
    ],
    result: { id: ref, type: 'model', state: modelState(model) },
  };
}

/** A model's flags in one word, the strongest first. */
export function modelState({ flags }: Model): 'disabled' | 'frozen' | 'active' {
  if (flags.disabled) return 'disabled';
  return flags.frozen ? 'frozen' : 'active';
}

export interface RegisterModelState {
  /** State under the reference that owner and model_id give. */
  readonly existing: Model | undefined;
  /** Under body.artifact_id. */
  readonly artifact: Artifact | undefined;
  readonly actor: Actor;
}

/**
 * model.register: binds an attestation key to a model of the actor.
 *
 * @throws RegistryError MODEL_EXISTS, KEY_INVALID, INVALID_SIG, ARTIFACT_UNKNOWN, NOT_MAKER or ACTOR_BANNED
 */
export function registerModel(
  state: RegisterModelState,
  intent: Intent<'model.register'>,
  context: IntentContext,
): RuleOutcome {
  const { body } = intent;
  const ref = modelReference(intent.actor, body.model_id);
  if (state.existing !== undefined) {
    throw new RegistryError('MODEL_EXISTS', 'The actor has registered a model of this model_id.', {
      subject: ref,
    });
  }
  const riskClass = riskClassOf(state, intent);
  assertAttestationKey(ref, body, body.proof);
  const stamp = ledgerTime(context);
  return outcome({
    model_ref: ref,
    owner: intent.actor,
    model_id: body.model_id,
    model_version: body.model_version,
    ...(body.metadata_uri === undefined ? {} : { metadata_uri: body.metadata_uri }),
    ...(body.artifact_id === undefined ? {} : { artifact_id: body.artifact_id }),
    risk_class: riskClass,
    keys: [{ version: 1, alg: body.alg, public_key: body.public_key, status: 'current', since: stamp }],
    flags: { updatable: body.updatable, frozen: false, disabled: false },
    recorders: body.recorders,
    version: 1,
    registered: stamp,
    updated: stamp,
  });
}

/** The declared class, or the artifact's where that is stricter: registering apart must not lower the fee. */
function riskClassOf({ artifact, actor }: RegisterModelState, intent: Intent<'model.register'>): RiskClass {
  const { artifact_id: artifactId, risk_class: declared } = intent.body;
  assertNotBanned(actor, 'register', artifact?.risk.domains);
  if (artifactId === undefined) return declared;
  if (artifact?.artifact_id !== artifactId) {
    throw new RegistryError('ARTIFACT_UNKNOWN', 'The artifact of the model is not registered.', {
      subject: artifactId,
    });
  }
  if (artifact.maker !== intent.actor) {
    throw new RegistryError('NOT_MAKER', 'Only the artifact’s maker registers it as a model.', {
      subject: artifactId,
    });
  }
  return stricterClass(artifact.risk.class, declared);
}

/** State of the acts on a model that exists. */
export interface ModelState {
  readonly model: Model | undefined;
}

/** The model under a reference: MODEL_UNKNOWN. */
export function requireModel(model: Model | undefined, ref: string): Model {
  if (model?.model_ref !== ref) {
    throw new RegistryError('MODEL_UNKNOWN', 'The model is not registered.', { subject: ref });
  }
  return model;
}

/** The model under a reference, of this owner: MODEL_UNKNOWN or NOT_OWNER. */
export function requireOwnModel(model: Model | undefined, ref: string, actorIdHex: string): Model {
  const found = requireModel(model, ref);
  if (found.owner !== actorIdHex) {
    throw new RegistryError('NOT_OWNER', 'Only the owner of the model may do this.', { subject: ref });
  }
  return found;
}

/** The own model, open to change: also MODEL_FROZEN or MODEL_NOT_UPDATABLE (P-23, P-25). */
function requireUpdatable(state: ModelState, ref: string, actorIdHex: string): Model {
  const model = requireOwnModel(state.model, ref, actorIdHex);
  if (model.flags.frozen) {
    throw new RegistryError('MODEL_FROZEN', 'The model is frozen; nothing of it changes any more.', {
      subject: ref,
    });
  }
  if (!model.flags.updatable) {
    throw new RegistryError('MODEL_NOT_UPDATABLE', 'The model was declared not updatable.', { subject: ref });
  }
  return model;
}

function next(model: Model, changes: Partial<Model>, context: IntentContext): RuleOutcome {
  return outcome({ ...model, ...changes, version: model.version + 1, updated: ledgerTime(context) });
}

/**
 * model.update: descriptive fields and recorders. `updatable` only ever ends.
 *
 * @throws RegistryError MODEL_UNKNOWN, NOT_OWNER, MODEL_FROZEN or MODEL_NOT_UPDATABLE
 */
export function updateModel(
  state: ModelState,
  { body, actor }: Intent<'model.update'>,
  context: IntentContext,
): RuleOutcome {
  const model = requireUpdatable(state, body.model_ref, actor);
  const { model_version: version, metadata_uri: uri, recorders, updatable } = body;
  return next(
    model,
    {
      ...(version === undefined ? {} : { model_version: version }),
      ...(uri === undefined ? {} : { metadata_uri: uri }),
      ...(recorders === undefined ? {} : { recorders }),
      ...(updatable === undefined ? {} : { flags: { ...model.flags, updatable } }),
    },
    context,
  );
}

/**
 * model.rotate: the new key attests from this transaction on (P-24). A record that was endorsed under the old key and
 * comes later in the ledger has read an older version of this document and is invalid.
 *
 * @throws RegistryError as updateModel, and KEY_INVALID, INVALID_SIG or KEYS_EXHAUSTED
 */
export function rotateModel(
  state: ModelState,
  { body, actor }: Intent<'model.rotate'>,
  context: IntentContext,
): RuleOutcome {
  const model = requireUpdatable(state, body.model_ref, actor);
  if (model.keys.some((key) => key.alg === body.alg && key.public_key === body.public_key)) {
    throw new RegistryError('KEY_INVALID', 'The model has used this key before; rotate to a fresh one.', {
      subject: body.public_key,
    });
  }
  if (model.keys.length >= MAX_MODEL_KEYS) {
    throw new RegistryError('KEYS_EXHAUSTED', `A model may have had at most ${MAX_MODEL_KEYS} keys.`, {
      subject: body.model_ref,
    });
  }
  assertAttestationKey(body.model_ref, body, body.proof);
  const stamp = ledgerTime(context);
  const from = body.reason === 'compromise' ? (body.compromised_from ?? context.at) : undefined;
  const retired = model.keys.map((key): ModelKey => {
    if (key.status !== 'current') return key;
    return from === undefined
      ? { ...key, status: 'retired', until: stamp }
      : { ...key, status: 'compromised', until: stamp, compromised_from: from };
  });
  const fresh: ModelKey = {
    version: model.keys.length + 1,
    alg: body.alg,
    public_key: body.public_key,
    status: 'current',
    since: stamp,
  };
  return next(model, { keys: [...retired, fresh] }, context);
}

/**
 * model.compromise: says since when a key cannot be relied on; an earlier time may follow, a later one may not. Possible
 * on a frozen model too: hiding a leak helps only the thief. A current key stops being current.
 *
 * @throws RegistryError MODEL_UNKNOWN, NOT_OWNER, KEY_INVALID or ILLEGAL_TRANSITION
 */
export function compromiseModelKey(
  state: ModelState,
  { body, actor }: Intent<'model.compromise'>,
  context: IntentContext,
): RuleOutcome {
  const model = requireOwnModel(state.model, body.model_ref, actor);
  const named = model.keys.find(({ version }) => version === body.key_version);
  if (named === undefined) {
    throw new RegistryError('KEY_INVALID', `The model has no key of version ${body.key_version}.`, {
      subject: body.model_ref,
    });
  }
  if (named.compromised_from !== undefined && named.compromised_from <= body.from) {
    throw new RegistryError(
      'ILLEGAL_TRANSITION',
      `The key already counts as compromised from ${named.compromised_from} on.`,
      { subject: body.model_ref },
    );
  }
  const marked: ModelKey = {
    ...named,
    status: 'compromised',
    until: named.until ?? ledgerTime(context),
    compromised_from: body.from,
  };
  return next(model, { keys: model.keys.map((key) => (key === named ? marked : key)) }, context);
}

/** model.freeze: for good (P-25). Throws MODEL_UNKNOWN, NOT_OWNER or MODEL_FROZEN. */
export function freezeModel(
  state: ModelState,
  { body, actor }: Intent<'model.freeze'>,
  context: IntentContext,
): RuleOutcome {
  const model = requireOwnModel(state.model, body.model_ref, actor);
  if (model.flags.frozen) throw alreadySo('MODEL_FROZEN', 'The model is already frozen.', body.model_ref);
  return next(model, { flags: { ...model.flags, frozen: true } }, context);
}

/** model.disable: no new records; possible on a frozen model too. Throws MODEL_UNKNOWN, NOT_OWNER or MODEL_DISABLED. */
export function disableModel(
  state: ModelState,
  { body, actor }: Intent<'model.disable'>,
  context: IntentContext,
): RuleOutcome {
  const model = requireOwnModel(state.model, body.model_ref, actor);
  if (model.flags.disabled)
    throw alreadySo('MODEL_DISABLED', 'The model is already disabled.', body.model_ref);
  return next(model, { flags: { ...model.flags, disabled: true } }, context);
}

/** model.enable: new records again, unless frozen. Throws MODEL_UNKNOWN, NOT_OWNER, MODEL_FROZEN or ILLEGAL_TRANSITION. */
export function enableModel(
  state: ModelState,
  { body, actor }: Intent<'model.enable'>,
  context: IntentContext,
): RuleOutcome {
  const model = requireOwnModel(state.model, body.model_ref, actor);
  if (model.flags.frozen) throw alreadySo('MODEL_FROZEN', 'A frozen model stays disabled.', body.model_ref);
  if (!model.flags.disabled) {
    throw alreadySo('ILLEGAL_TRANSITION', 'The model is not disabled.', body.model_ref);
  }
  return next(model, { flags: { ...model.flags, disabled: false } }, context);
}

function alreadySo(
  code: 'MODEL_FROZEN' | 'MODEL_DISABLED' | 'ILLEGAL_TRANSITION',
  sentence: string,
  subject: string,
): RegistryError {
  return new RegistryError(code, sentence, { subject });
}
