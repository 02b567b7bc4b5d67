import { type Intent } from '../domain/intent-bodies';
import { ledgerKeys, type RuleOutcome } from '../domain/ledger';
import { type Model } from '../domain/model';
import { type Scheme } from '../domain/scheme';
import { canonicalize } from '../encoding/canonical-json';
import { RegistryError } from '../errors/registry-error';
import { schemeCommitment } from '../provenance/commitments';
import { assertParamsDocument } from '../provenance/params-document';
import { idReference, schemeReference } from '../provenance/reference';
import { type IntentContext, ledgerTime } from './context';
import { requireOwnModel } from './models';

function outcome(scheme: Scheme): RuleOutcome {
  const { scheme_ref: ref, version } = scheme;
  return {
    writes: [
      { kind: 'scheme', id: ledgerKeys.scheme(ref), value: scheme },
      { kind: 'scheme-version', id: ledgerKeys['scheme-version'](ref, version), value: scheme },
    ],
    result: { id: ref, type: 'scheme', state: scheme.status },
  };
}

export interface RegisterSchemeState {
  readonly model: Model | undefined;
  /** State under the reference that model and scheme_id give. */
  readonly existing: Scheme | undefined;
}

/**
 * scheme.register: the model's owner publishes a scheme. The document travels in the intent, so that the ledger itself
 * recomputes the commitment; what is kept is the commitment, the address and the size.
 *
 * @throws RegistryError MODEL_UNKNOWN, NOT_OWNER, MODEL_DISABLED, SCHEME_EXISTS, PARAMS_INVALID or SCHEME_MISMATCH
 */
export function registerScheme(
  state: RegisterSchemeState,
  { body, actor }: Intent<'scheme.register'>,
  context: IntentContext,
): RuleOutcome {
  const model = requireOwnModel(state.model, body.model_ref, actor);
  if (model.flags.disabled) {
    throw new RegistryError('MODEL_DISABLED', 'A disabled model takes no new scheme.', {
      subject: body.model_ref,
    });
  }
  const ref = schemeReference(body.model_ref, body.scheme_id);
  if (state.existing !== undefined) {
    throw new RegistryError(
      'SCHEME_EXISTS',
      'The model has a scheme of this scheme_id; a new version takes a new one.',
      { subject: ref },
    );
  }
  const params = assertParamsDocument(body.params_document, body.scheme_id);
  const commitment = schemeCommitment(idReference(body.model_ref), body.scheme_id, params);
  if (commitment !== body.scheme_commitment) {
    throw new RegistryError('SCHEME_MISMATCH', 'scheme_commitment is not that of the parameter document.', {
      subject: '/body/scheme_commitment',
    });
  }
  const stamp = ledgerTime(context);
  return outcome({
    scheme_ref: ref,
    model_ref: body.model_ref,
    scheme_id: body.scheme_id,
    params_uri: body.params_uri,
    params_size: Buffer.byteLength(canonicalize(params), 'utf8'),
    scheme_commitment: commitment,
    detector: { name: params.detector_spec.name, version: params.detector_spec.version },
    status: 'active',
    version: 1,
    registered: stamp,
    updated: stamp,
  });
}

/** The scheme under a reference: SCHEME_UNKNOWN. */
export function requireScheme(scheme: Scheme | undefined, ref: string): Scheme {
  if (scheme?.scheme_ref !== ref) {
    throw new RegistryError('SCHEME_UNKNOWN', 'The scheme is not registered.', { subject: ref });
  }
  return scheme;
}

export interface MarkSchemeState {
  readonly scheme: Scheme | undefined;
  /** Under the scheme's model_ref. */
  readonly model: Model | undefined;
}

/**
 * scheme.mark: deprecates or revokes, never back. Neither deletes anything: records under the scheme go on verifying,
 * with the risk shown.
 *
 * @throws RegistryError SCHEME_UNKNOWN, MODEL_UNKNOWN, NOT_OWNER or ILLEGAL_TRANSITION
 */
export function markScheme(
  state: MarkSchemeState,
  { body, actor }: Intent<'scheme.mark'>,
  context: IntentContext,
): RuleOutcome {
  const scheme = requireScheme(state.scheme, body.scheme_ref);
  requireOwnModel(state.model, scheme.model_ref, actor);
  if (scheme.status === 'revoked' || scheme.status === body.status) {
    throw new RegistryError('ILLEGAL_TRANSITION', `The scheme is ${scheme.status}.`, {
      subject: body.scheme_ref,
    });
  }
  return outcome({
    ...scheme,
    status: body.status,
    version: scheme.version + 1,
    updated: ledgerTime(context),
  });
}
