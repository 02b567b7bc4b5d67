/** What each code means to a caller. `http_status` is how a gateway answers; `action` is what to do about it. */
export interface ErrorCodeEntry {
  readonly http_status: number;
  readonly title: string;
  readonly action: string;
}

const entry = (http_status: number, title: string, action: string): ErrorCodeEntry => ({
  http_status,
  title,
  action,
});

const FIX_TEXT = 'Correct the text and send it again.';
const NEW_INTENT = 'Build and sign a new intent.';
const LATER = 'Try again later with the same bytes.';
const REFUSE = 'Do not trust this object; obtain a fresh one from another source.';

const TEXT_CODES = {
  JSON_MALFORMED: entry(400, 'The text is not JSON', FIX_TEXT),
  JSON_DUPLICATE_KEY: entry(400, 'An object has the same key twice', FIX_TEXT),
  JSON_TOO_DEEP: entry(400, 'The text is nested too deeply', FIX_TEXT),
  JSON_TOO_MANY_VALUES: entry(400, 'The text holds too many values', FIX_TEXT),
  JSON_NUMBER_OUT_OF_RANGE: entry(
    400,
    'A number does not survive as a double',
    'Send integers within ±(2^53−1); send larger amounts as decimal strings.',
  ),
  JSON_LONE_SURROGATE: entry(400, 'A string holds half a surrogate pair', FIX_TEXT),
  NOT_CANONICALIZABLE: entry(500, 'A value has no canonical form', 'Give only JSON values to the encoder.'),
  TOO_LARGE: entry(
    413,
    'The text is larger than the protocol permits',
    'Send less; content does not belong in the ledger.',
  ),
  SCHEMA_VIOLATION: entry(
    422,
    'A member is missing, unknown or of the wrong form',
    'Correct the member named by subject.',
  ),
  ID_MALFORMED: entry(400, 'An identifier has the wrong form', 'Give 64 lower-case hexadecimal characters.'),
} as const;

const INTENT_CODES = {
  ENVELOPE_MALFORMED: entry(400, 'The envelope is not a DSSE envelope of the registry', FIX_TEXT),
  INTENT_NOT_CANONICAL: entry(
    400,
    'The payload is not canonical JSON (RFC 8785)',
    'Encode the payload with JCS and sign again.',
  ),
  INTENT_EXPIRED: entry(409, 'The intent has expired', NEW_INTENT),
  INTENT_LIFETIME_TOO_LONG: entry(
    409,
    'The intent would live too long',
    'Sign an intent with an earlier expires_at.',
  ),
  INTENT_REPLAYED: entry(
    409,
    'An intent with this nonce was already committed',
    'Read its result, or sign a new intent.',
  ),
  INTENT_WRONG_NETWORK: entry(409, 'The intent is for another network', NEW_INTENT),
  INTENT_TYPE_MISMATCH: entry(
    409,
    'The intent is of another type',
    'Send the intent to the function of its type.',
  ),
  SIGNATURE_INVALID: entry(
    401,
    'A signature does not verify',
    'Sign the exact payload bytes with the named key.',
  ),
  SIGNATURE_MISSING: entry(
    401,
    'A required signature is missing',
    'Let the named party sign the same payload.',
  ),
  KEY_INVALID: entry(422, 'The public key is not acceptable', 'Use a fresh key in canonical form.'),
  KEY_NOT_CURRENT: entry(
    401,
    'The signing key is not the current key of the actor',
    'Sign with the current key.',
  ),
} as const;

const ACTOR_CODES = {
  ACTOR_UNKNOWN: entry(404, 'The actor is not registered', 'Register the actor first.'),
  ACTOR_EXISTS: entry(409, 'The actor is already registered', 'Use the existing actor.'),
  ACTOR_BANNED: entry(403, 'The actor is banned from this act', 'Appeal to the body that issued the ban.'),
  KEYS_EXHAUSTED: entry(409, 'The actor has had too many keys', 'Register a new actor.'),
} as const;

const ARTIFACT_CODES = {
  ARTIFACT_UNKNOWN: entry(404, 'The artifact is not registered', 'Check the id, or register the artifact.'),
  ARTIFACT_EXISTS: entry(409, 'The maker has registered this name and version', 'Register a new version.'),
  ARTIFACT_NOT_ACTIVE: entry(
    409,
    'The artifact is not in a state that permits this',
    'Wait for review or release.',
  ),
  PARENT_UNKNOWN: entry(409, 'A parent is not registered', 'Register the parent first.'),
  PARENT_REVOKED: entry(409, 'A parent is revoked', 'Derive from an artifact that is not revoked.'),
  DOMAIN_UNKNOWN: entry(
    422,
    'A harm domain is not in the parameters',
    'Use a domain of the current parameters.',
  ),
  RISK_CLASS_UNKNOWN: entry(
    422,
    'The risk class is not in the parameters',
    'Use a class of the current parameters.',
  ),
  LICENSE_UNKNOWN: entry(404, 'The license is not defined', 'Define the license first.'),
  LICENSE_EXISTS: entry(409, 'The licensor has defined these terms', 'Use the existing license.'),
  LICENSE_VIOLATION: entry(409, 'The license does not permit this', 'Stay within the terms of the license.'),
  CONTENT_KEY_EXISTS: entry(409, 'The artifact has a content key', 'Rotate the content key instead.'),
  CONTENT_KEY_UNKNOWN: entry(404, 'The content key is not committed', 'Commit the content key first.'),
  KEY_VERSIONS_EXHAUSTED: entry(409, 'The artifact has had too many content keys', 'Register a new version.'),
  KEY_SHARING_REQUIRED: entry(
    409,
    'The risk class needs a content key that is split among operators',
    'Split a fresh key among operators and rotate to it.',
  ),
  KEY_SHARING_INVALID: entry(
    409,
    'The shares of the content key make no sense',
    'Give each of enough operators of the network one share.',
  ),
} as const;

const RIGHT_CODES = {
  RIGHT_UNKNOWN: entry(404, 'The right does not exist', 'Check the id.'),
  RIGHT_NOT_ACTIVE: entry(409, 'The right is suspended or revoked', 'Ask the maker, or appeal.'),
  RIGHT_EXPIRED: entry(409, 'The right has expired', 'Obtain a new right.'),
  RIGHT_NOT_YET_VALID: entry(409, 'The right is not valid yet', 'Wait for its not_before.'),
  NOT_HOLDER: entry(403, 'The actor does not hold the right', 'Let the holder sign.'),
  NOT_MAKER: entry(403, 'The actor is not the maker', 'Let the maker sign.'),
  TRANSFER_FORBIDDEN: entry(
    409,
    'The license forbids this change of holder',
    'Use a way the license permits.',
  ),
  COOLING_PERIOD: entry(
    409,
    'The right changed hands too recently',
    'Wait for the end of the cooling period.',
  ),
  TRANSFERS_EXHAUSTED: entry(
    409,
    'The right may not change hands again',
    'Obtain a new right from the maker.',
  ),
  BEQUEST_UNKNOWN: entry(409, 'The right is not bequeathed to this actor', 'Ask the holder to bequeath it.'),
  WAITING_PERIOD: entry(409, 'The waiting period of the bequest has not ended', 'Claim again after its end.'),
  WAITING_PERIOD_TOO_SHORT: entry(
    422,
    'The waiting period is shorter than the parameters permit',
    'Give a longer one.',
  ),
} as const;

/** Models, schemes, records and their verification. The words are those that a verifier answers with (docs/specification/provenance.md). */
const PROVENANCE_CODES = {
  REFERENCE_MALFORMED: entry(
    400,
    'A reference has the wrong type or length',
    'Give ref_type 0, 1 or 2 and 32 bytes.',
  ),
  ATTESTATION_MALFORMED: entry(
    400,
    'The attestation does not encode or decode',
    'Follow the layout of the specification, without trailing bytes.',
  ),
  UNSUPPORTED_SCHEMA_VERSION: entry(
    422,
    'The attestation is of a version that is not known',
    'Use schema_version 1.',
  ),
  MODEL_UNKNOWN: entry(404, 'The model is not registered', 'Register the model first.'),
  MODEL_EXISTS: entry(409, 'The owner has registered this model_id', 'Use the existing model.'),
  MODEL_FROZEN: entry(409, 'The model is frozen', 'Register a new model; a frozen one never changes.'),
  MODEL_NOT_UPDATABLE: entry(409, 'The model was registered as not updatable', 'Register a new model.'),
  MODEL_DISABLED: entry(409, 'The model is disabled', 'Let its owner enable it, or use another model.'),
  NOT_OWNER: entry(403, 'The actor does not own the model', 'Let the owner sign.'),
  NOT_RECORDER: entry(
    403,
    'The actor may not record for this model',
    'Let the owner or one of its recorders sign.',
  ),
  SCHEME_UNKNOWN: entry(404, 'The scheme is not registered', 'Register the scheme first.'),
  SCHEME_EXISTS: entry(
    409,
    'The model has a scheme of this scheme_id',
    'Register a new scheme_id; a scheme never changes.',
  ),
  SCHEME_REVOKED: entry(409, 'The scheme is revoked', 'Use another scheme of the model.'),
  SCHEME_MISMATCH: entry(
    409,
    'The parameter document is not the committed one',
    'Fetch the document that the commitment was made over.',
  ),
  SCHEME_MODEL_MISMATCH: entry(409, 'The scheme belongs to another model', 'Use a scheme of this model.'),
  PARAMS_INVALID: entry(
    422,
    'The parameter document is not acceptable',
    'Correct the member named by subject; 64 KiB at most.',
  ),
  RECORD_ALREADY_EXISTS: entry(
    409,
    'The model has a record of this content',
    'Read the existing record; a record is never overwritten.',
  ),
  NONCE_USED: entry(409, 'The model has used this nonce', 'Draw a fresh nonce and sign again.'),
  INVALID_SIG: entry(
    401,
    'The attestation’s signature does not verify',
    'Sign the digest with the model’s current key.',
  ),
  INVALID_TIMESTAMP: entry(
    409,
    'The attestation’s time is not acceptable',
    'Give the time of generation, after the model’s registration and not in the future.',
  ),
  PARENT_INVALID: entry(409, 'The parent is not acceptable', 'Name the content hash of another record.'),
  PARENT_NOT_FOUND: entry(409, 'The parent is not registered', 'Register the parent first.'),
  BACKFILL_INVALID: entry(
    409,
    'The claim cannot be backfilled',
    'Sign with a retired key and let the current key sign the same digest.',
  ),
} as const;

/** Royalty policies, settlements, vaults, streams and shares. */
const ROYALTY_CODES = {
  POLICY_INVALID: entry(
    422,
    'The royalty policy contradicts its bounds',
    'Correct the member named by subject.',
  ),
  POLICY_UNKNOWN: entry(404, 'The record has no royalty policy', 'Set one first.'),
  POLICY_FROZEN: entry(409, 'The royalty policy is frozen', 'Nothing changes a frozen policy.'),
  POLICY_REVOKED: entry(409, 'The royalty policy is revoked', 'Set a new version of the policy.'),
  POLICY_COMMITMENT_MISMATCH: entry(
    409,
    'The terms are not the ones committed to',
    'Send the terms that policy_commitment, or the record’s context_hash, was made over.',
  ),
  NOT_RIGHTS_OWNER: entry(403, 'The actor does not own the rights', 'Let the rights_owner sign.'),
  AMOUNT_INVALID: entry(
    422,
    'The amount is not acceptable',
    'Give a decimal string of minor units from 1 to 10^30, without sign, exponent or leading zero.',
  ),
  SETTLEMENT_MISMATCH: entry(
    409,
    'This settlement_ref was used for another request',
    'Use a new settlement_ref.',
  ),
  SETTLEMENT_UNKNOWN: entry(404, 'The settlement does not exist', 'Check the id.'),
  PAYER_NOT_ADMITTED: entry(
    403,
    'The payer is not admitted to settle',
    'Settle through a payer of the current parameters.',
  ),
  CLAIMS_EXCEEDED: entry(
    409,
    'The ancestors claim more than the payer allows',
    'Read their policies; settle with a higher max_claims_bps, or not at all.',
  ),
  VERIFICATION_REQUIRED: entry(
    409,
    'The policy requires verification reports',
    'Attach reports of as many registered verifiers as the policy asks for.',
  ),
  VERIFICATION_INVALID: entry(
    422,
    'A verification report is not acceptable',
    'Attach a fresh report of a registered verifier about this record.',
  ),
  SUSPENSE_UNKNOWN: entry(404, 'Nothing is held there', 'Check the settlement and the layer.'),
  SUSPENSE_HELD: entry(409, 'The release rule is not met yet', 'Read the rule in the suspense entry.'),
  DISPUTE_OPEN: entry(409, 'A dispute is already open', 'Close it first.'),
  DISPUTE_UNKNOWN: entry(409, 'No dispute is open', 'Nothing is left to close.'),
  CREDIT_UNKNOWN: entry(404, 'The credit does not exist', 'Check the credit’s source id.'),
  CREDIT_COLLECTED: entry(409, 'The credit was already collected', 'Leave it out of the list.'),
  VAULT_INSUFFICIENT: entry(409, 'The vault holds less than this', 'Withdraw less, or collect more credits.'),
  WITHDRAWAL_UNKNOWN: entry(404, 'The withdrawal does not exist', 'Check the id.'),
  STREAM_EXISTS: entry(409, 'The payer has a stream of this stream_ref', 'Use the existing stream.'),
  STREAM_UNKNOWN: entry(404, 'The stream does not exist', 'Check the id.'),
  STREAM_CLOSED: entry(409, 'The stream is closed', 'Open a new stream.'),
  WINDOW_INVALID: entry(
    409,
    'The window is not the next one, or has not ended',
    'Settle the next window after its end.',
  ),
  SHARES_EXISTS: entry(409, 'The actor has issued shares of this name', 'Use the existing shares.'),
  SHARES_UNKNOWN: entry(404, 'The share issue does not exist', 'Check the id.'),
  SHARES_INSUFFICIENT: entry(409, 'The actor holds fewer shares', 'Transfer fewer units.'),
  NOTHING_DUE: entry(409, 'Nothing is due', 'Collect credits first, or wait for proceeds.'),
} as const;

const GOVERNANCE_CODES = {
  ILLEGAL_TRANSITION: entry(
    409,
    'The subject is not in a state that permits this',
    'Read its current state.',
  ),
  REASON_REQUIRED: entry(422, 'A reason is required', 'Give a reason.'),
  REASON_UNKNOWN: entry(422, 'The reason code does not apply here', 'Use a code of the current parameters.'),
  ROLE_MISSING: entry(403, 'The caller has not the role for this act', 'Let an identity with the role act.'),
  NOT_OPERATOR: entry(
    403,
    'The organisation has no standing for this act',
    'Let an organisation named in the parameters act.',
  ),
  REVIEW_NOT_PENDING: entry(409, 'The artifact is not waiting for review', 'Use a revocation instead.'),
  REVOCATION_UNKNOWN: entry(404, 'No revocation has this number', 'Check the number.'),
  REVOCATION_FINAL: entry(
    409,
    'The revocation cannot be lifted by this act',
    'Only a hold is lifted; appeal otherwise.',
  ),
  CERTIFICATE_NOT_HELD: entry(
    409,
    'The certificate is not on hold',
    'Read its current state; only a hold of your own organisation is lifted.',
  ),
  REVOKED: entry(410, 'The subject is revoked for good', 'Nothing brings it back; make a new one.'),
  RESTRICTIONS_EXHAUSTED: entry(
    409,
    'The subject has too many open restrictions',
    'Revoke it, or lift a hold first.',
  ),
  PARAMETERS_MISSING: entry(
    503,
    'The network has no parameters yet',
    'Let a majority of the operators approve some.',
  ),
  PARAMETERS_INVALID: entry(
    422,
    'The proposed parameters contradict themselves',
    'Correct the member named by subject.',
  ),
  PROPOSAL_UNKNOWN: entry(404, 'The proposal does not exist', 'Check the id.'),
  PROPOSAL_EXISTS: entry(409, 'The same parameters are already proposed', 'Approve the existing proposal.'),
  PROPOSAL_APPLIED: entry(409, 'The proposal is already applied', 'Nothing is left to do.'),
  PROPOSAL_STALE: entry(
    409,
    'The parameters changed since the proposal',
    'Propose again on the current version.',
  ),
  ALREADY_APPROVED: entry(409, 'The operator has approved this proposal', 'Let another operator approve.'),
} as const;

const SERVICE_CODES = {
  ENDORSEMENT_FAILED: entry(502, 'The operators do not agree on the transaction', LATER),
  TX_CONFLICT: entry(
    409,
    'Another transaction changed the same state first',
    'Read the state and try again.',
  ),
  TX_INVALID: entry(502, 'The ledger refused the transaction', 'Read the validation code.'),
  TX_TIME_OUT_OF_RANGE: entry(
    409,
    'The transaction time is far from the endorser’s clock',
    'Set the clock and send again.',
  ),
  LEDGER_STATE_CORRUPT: entry(500, 'A ledger value does not parse', 'Report it; nothing was written.'),
  LEDGER_UNAVAILABLE: entry(503, 'No peer answers', LATER),
  LEDGER_KEY_ABSENT: entry(
    409,
    'The ledger has no value under this key',
    'Write the key before its policy is set.',
  ),
  MIRROR_UNAVAILABLE: entry(503, 'The mirror does not answer', LATER),
  MIRROR_CONTRADICTED: entry(
    503,
    'The mirror found that peers or its tables contradict each other',
    'Ask another operator’s gateway; this one answers again when its operator has found out who is wrong.',
  ),
  MIRROR_BEHIND: entry(409, 'The mirror has not reached the asked height', LATER),
  CHANNEL_UPDATE_STALE: entry(
    409,
    'The channel’s configuration has changed since the update was made',
    'Fetch the configuration and sign a new update.',
  ),
  CHANNEL_UPDATE_REFUSED: entry(
    422,
    'The update of the channel’s configuration is not to be made',
    'Do what the code in subject asks for.',
  ),
  FABRIC_CA_REFUSED: entry(422, 'The Fabric CA refuses', 'Use an identity that its CA lets revoke.'),
  FABRIC_CA_UNAVAILABLE: entry(503, 'The Fabric CA does not answer', LATER),
  HSM_UNAVAILABLE: entry(503, 'The HSM does not answer', LATER),
  IDEMPOTENCY_MISMATCH: entry(422, 'The Idempotency-Key was used for another request', 'Use a new key.'),
  IDEMPOTENCY_IN_FLIGHT: entry(
    409,
    'The first request with this key is still running',
    'Ask for its operation.',
  ),
  NOT_FOUND: entry(404, 'Nothing is there', 'Check the address.'),
  METHOD_NOT_ALLOWED: entry(405, 'The address does not take this method', 'Check the method.'),
  UNAUTHENTICATED: entry(401, 'The caller is not known', 'Present a client certificate or a bearer token.'),
  FORBIDDEN: entry(403, 'The caller may not do this', 'Use an identity with the role.'),
  RATE_LIMITED: entry(429, 'Too many requests', 'Wait as Retry-After says.'),
  SERVICE_STOPPING: entry(503, 'The service is shutting down', LATER),
  OPERATION_UNKNOWN: entry(404, 'The operation does not exist', 'Check the id.'),
  TRANSACTION_UNKNOWN: entry(
    404,
    'The ledger has no such transaction',
    'Check the id; ask again if it was submitted a moment ago.',
  ),
  RECEIPT_UNAVAILABLE: entry(503, 'Too few operators answer to make a receipt', LATER),
  ACT_UNKNOWN: entry(404, 'The act does not exist or has lapsed', 'Prepare the act again.'),
  CONFIGURATION_INVALID: entry(
    500,
    'The service is not configured correctly',
    'Correct the variable named by subject.',
  ),
  INTERNAL: entry(500, 'The service failed', 'Report it with the request id.'),
} as const;

const TOKEN_CODES = {
  TOKEN_MALFORMED: entry(400, 'The token is not a rights token', REFUSE),
  TOKEN_SIGNATURE_INVALID: entry(401, 'The token’s signature does not verify', REFUSE),
  TOKEN_KEY_UNKNOWN: entry(401, 'No known key signed the token', 'Fetch the operators’ keys again.'),
  TOKEN_EXPIRED: entry(401, 'The token has expired', 'Request a new token.'),
  TOKEN_NOT_YET_VALID: entry(401, 'The token is not valid yet', 'Check the clock.'),
  TOKEN_WRONG_NETWORK: entry(401, 'The token is for another network', REFUSE),
  TOKEN_SUPERSEDED: entry(
    401,
    'The right has changed hands since the token',
    'The new holder requests a token.',
  ),
  TOKEN_NOT_BOUND: entry(401, 'The token is bound to another key or device', 'Use the bound key or device.'),
  ACTION_NOT_PERMITTED: entry(
    403,
    'The right does not permit this action',
    'Obtain a right with the action.',
  ),
  PURPOSE_NOT_PERMITTED: entry(
    403,
    'The right does not permit this purpose',
    'Obtain a right for the purpose.',
  ),
  ATTESTATION_REQUIRED: entry(
    403,
    'The risk class requires an attested device',
    'Enrol the device and attest.',
  ),
  LIMIT_REACHED: entry(403, 'A limit of the right is used up', 'Obtain a new right.'),
  ARTIFACT_MISMATCH: entry(409, 'The artifact is not the one the token names', REFUSE),
  EXECUTION_HELD: entry(403, 'Execution is on hold', 'Wait until the hold is lifted.'),
} as const;

const LIST_CODES = {
  REPORT_MALFORMED: entry(400, 'The report does not parse', REFUSE),
  REPORT_SIGNATURE_INVALID: entry(401, 'The report is not signed by the operator', REFUSE),
  REPORT_WRONG_NETWORK: entry(409, 'The report is about another network', REFUSE),
  REPORT_OUT_OF_ORDER: entry(
    409,
    'The report does not continue the one before it',
    'Fetch the reports between; where none is to be had, the operator left one out.',
  ),
  REPORT_DIFFERS: entry(
    409,
    'The report is not what the export comes to',
    'Compare the export of another operator; one of the two is wrong.',
  ),
  EXPORT_MALFORMED: entry(400, 'A line of the export does not parse', REFUSE),
  EXPORT_INCOMPLETE: entry(409, 'The export lacks something', 'Fetch it again from the last good line.'),
  LIST_MALFORMED: entry(400, 'The revocation list does not parse', REFUSE),
  LIST_ROLLBACK: entry(409, 'The revocation list is older than one already seen', REFUSE),
  LIST_EQUIVOCATION: entry(
    409,
    'Two revocation lists contradict each other',
    'Keep both as evidence and report them.',
  ),
  LIST_STALE: entry(409, 'The revocation list is not fresh enough', 'Fetch a fresh list.'),
  LIST_SIGNATURE_INVALID: entry(401, 'The revocation list’s signature does not verify', REFUSE),
  LIST_WRONG_NETWORK: entry(401, 'The revocation list is for another network', REFUSE),
  LIST_MISSING: entry(409, 'No revocation list is at hand', 'Fetch a list.'),
  LIST_INCOMPLETE: entry(
    409,
    'The lists at hand do not cover this subject',
    'Fetch the missing scope or partition; until then the subject is unknown, not good.',
  ),
  LIST_THRESHOLD: entry(401, 'Too few operators vouch for the list', 'Fetch statements of more operators.'),
  LIST_FAST_FORWARD: entry(
    409,
    'The list’s number lies too far ahead',
    'Do not trust the list. After the operators replaced their list keys, pin the new ones.',
  ),
  LIST_CRITICAL_UNKNOWN: entry(
    400,
    'The list has a critical extension that is not understood',
    'Update the software.',
  ),
  LIST_DELTA_BASE: entry(409, 'The delta does not rest on the list at hand', 'Fetch the whole list.'),
  LIST_CHAIN_BROKEN: entry(409, 'Revocations do not continue the chain before them', REFUSE),
  LIST_ROOT_MISMATCH: entry(401, 'The entries or the proof are not of this list', REFUSE),
  STATUS_LIST_MALFORMED: entry(400, 'The token status list does not parse', REFUSE),
  STATUS_LIST_UNTRUSTED: entry(401, 'The token status list is not from this token’s issuer', REFUSE),
  STATUS_LIST_UNKNOWN: entry(404, 'The operator has no such status list', 'Check the address in the token.'),
  STATUS_LIST_EXPIRED: entry(409, 'The token status list has expired', 'Fetch a fresh list.'),
  CRL_MALFORMED: entry(400, 'The CRL does not parse', REFUSE),
  CRL_SIGNATURE_INVALID: entry(401, 'The CRL’s signature does not verify', REFUSE),
  CRL_ISSUER_MISMATCH: entry(401, 'The CRL is of another issuer', REFUSE),
  CRL_ROLLBACK: entry(409, 'The CRL is older than one already seen', REFUSE),
  CRL_EQUIVOCATION: entry(409, 'Two CRLs of one number differ', 'Keep both as evidence and report them.'),
  CRL_STALE: entry(409, 'The CRL is past its nextUpdate', 'Fetch a fresh CRL.'),
  CRL_NOT_YET_VALID: entry(409, 'The CRL is from the future', 'Check the clock.'),
  CRL_CRITICAL_EXTENSION: entry(400, 'The CRL has a critical extension that is not understood', REFUSE),
  CRL_UNSUPPORTED: entry(400, 'The CRL uses something that is not supported', REFUSE),
  CERTIFICATE_MALFORMED: entry(400, 'The certificate does not parse', REFUSE),
  CERTIFICATE_REVOKED: entry(401, 'The certificate is revoked', 'Enrol again.'),
  CERTIFICATE_INVALID: entry(401, 'The certificate is not acceptable', 'Use a certificate of a known CA.'),
} as const;

const DEVICE_CODES = {
  CHALLENGE_UNKNOWN: entry(409, 'The challenge does not exist or has lapsed', 'Ask for a new challenge.'),
  CHALLENGE_USED: entry(409, 'The challenge was already used', 'Ask for a new challenge.'),
  TPM_STRUCTURE_MALFORMED: entry(
    400,
    'A TPM structure does not parse',
    'Send the bytes as the TPM gave them.',
  ),
  QUOTE_MALFORMED: entry(400, 'The quote does not parse', 'Send the bytes as the TPM gave them.'),
  QUOTE_MAGIC: entry(401, 'The quote was not made by a TPM', REFUSE),
  QUOTE_TYPE: entry(401, 'The attestation is of another type', 'Send an attestation of the asked type.'),
  QUOTE_SIGNATURE: entry(401, 'The quote’s signature does not verify', REFUSE),
  QUOTE_NONCE: entry(401, 'The quote does not answer this challenge', 'Quote again over the fresh nonce.'),
  QUOTE_PCR_SELECTION: entry(401, 'The quote covers other PCRs than asked', 'Quote the asked PCRs.'),
  QUOTE_PCR_DIGEST: entry(
    401,
    'The PCR values do not match the quote or the policy',
    'Boot an approved environment.',
  ),
  QUOTE_CLOCK: entry(
    401,
    'The TPM’s clock or reset count is not acceptable',
    'Attest again after a clean start.',
  ),
  QUOTE_FIRMWARE: entry(401, 'The TPM’s firmware is not acceptable', 'Update the firmware.'),
  QUOTE_AK_ATTRIBUTES: entry(
    401,
    'The attestation key has not the required attributes',
    'Create a restricted AK.',
  ),
  EVENT_LOG_MALFORMED: entry(401, 'The event log does not parse', 'Send the firmware’s log as it stands.'),
  EVENT_LOG_MISMATCH: entry(
    401,
    'The event log does not account for the quoted PCRs',
    'Send the log of the running boot.',
  ),
  EVENT_LOG_MISSING: entry(401, 'The event log is missing', 'Send the firmware’s log with the quote.'),
  EVENT_NOT_ACCEPTED: entry(
    401,
    'The machine started something that the policy does not accept',
    'Boot an approved environment.',
  ),
  CEREMONY_MALFORMED: entry(
    400,
    'The transcript of a key ceremony is broken',
    'Take the transcript as the ceremony wrote it.',
  ),
  CEREMONY_WITNESSES: entry(
    400,
    'A key ceremony has too few witnesses',
    'Name the keys of two people who were there.',
  ),
  CEREMONY_KEY_UNSAFE: entry(
    409,
    'A key of the ceremony could leave its token',
    'Make the key anew with another module or configuration.',
  ),
  ATTESTATION_NARROWED: entry(
    403,
    'The machine may do less than the token permits',
    'Ask for a new token, or mend what the checks name and attest again.',
  ),
  CERTIFY_NAME: entry(401, 'The certification is of another key', 'Certify the key that is presented.'),
  RELEASE_KEY_ATTRIBUTES: entry(
    401,
    'The release key could leave the TPM',
    'Create a fixed, non-duplicable key.',
  ),
  EK_UNTRUSTED: entry(
    401,
    'The endorsement key is not from a trusted TPM maker',
    'Enrol a TPM of a trusted maker.',
  ),
  ENROLLMENT_UNKNOWN: entry(404, 'The enrolment does not exist or has lapsed', 'Enrol again.'),
  ENROLLMENT_SECRET: entry(401, 'The activation secret is wrong', 'Enrol again.'),
  DEVICE_UNKNOWN: entry(404, 'The device is not enrolled', 'Enrol the device.'),
  DEVICE_TAKEN: entry(409, 'The device is enrolled with another key', 'Release the device first.'),
  CIPHERTEXT_TRUNCATED: entry(400, 'The ciphertext ends too early', 'Fetch the container again.'),
  CIPHERTEXT_REORDERED: entry(400, 'The ciphertext’s chunks are not in order', 'Fetch the container again.'),
  CIPHERTEXT_CORRUPT: entry(400, 'The ciphertext does not authenticate', 'Fetch the container again.'),
  CONTAINER_MALFORMED: entry(400, 'The container does not parse', 'Fetch the container again.'),
  CONTENT_KEY_MISMATCH: entry(
    409,
    'The content key is not the committed one',
    'Obtain the key of this version.',
  ),
  CONTENT_KEY_NOT_DEPOSITED: entry(
    404,
    'This operator holds no copy of the content key',
    'Ask another operator.',
  ),
  KEY_SHARE_MISMATCH: entry(
    409,
    'The share of the content key is not the committed one',
    'Ask another operator, and tell the maker which one sent this.',
  ),
  KEY_SHARES_MISSING: entry(
    409,
    'Too few operators released their shares of the content key',
    'Read why each refused; try again when more of them answer.',
  ),
  SESSION_UNKNOWN: entry(
    401,
    'The release session does not exist, has lapsed or was used',
    'Begin again with POST /kbs/v0/auth.',
  ),
  SESSION_NOT_ATTESTED: entry(
    401,
    'The release session is not attested',
    'Send the evidence to POST /kbs/v0/attest first.',
  ),
  RESOURCE_NOT_ADMITTED: entry(
    403,
    'The release session was attested for another resource',
    'Ask for the right, artifact and key version that the session is for.',
  ),
  TEE_KEY_MISMATCH: entry(
    401,
    'The TEE key is not the one that the TPM certified',
    'Send the public key of the certified release key.',
  ),
  JWE_MALFORMED: entry(400, 'The JWE does not parse', REFUSE),
  JWE_DECRYPTION_FAILED: entry(400, 'The JWE does not open with this key', REFUSE),
} as const;

/** Every code of the registry: chaincode, services and clients use this one table. */
export const ERROR_CODES = {
  ...TEXT_CODES,
  ...INTENT_CODES,
  ...ACTOR_CODES,
  ...ARTIFACT_CODES,
  ...RIGHT_CODES,
  ...PROVENANCE_CODES,
  ...ROYALTY_CODES,
  ...GOVERNANCE_CODES,
  ...SERVICE_CODES,
  ...TOKEN_CODES,
  ...LIST_CODES,
  ...DEVICE_CODES,
} as const satisfies Readonly<Record<string, ErrorCodeEntry>>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** Whether `text` is a code of the table. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CODES, text);
}
