import { status as grpcStatus } from '@grpc/grpc-js';
import { GatewayError, StatusCode } from '@hyperledger/fabric-gateway';
import { errorFromWire, RegistryError } from '@maker-registry/protocol';
import { HsmError } from '../hsm';

/** What an error of the endorsement stage means for the operation. */
export type EndorseVerdict =
  /** The contract refused; nothing changes by trying again. */
  | { readonly kind: 'refused'; readonly error: RegistryError }
  /** The own peer endorsed and another operator's contract refused: it may only be some blocks behind. */
  | { readonly kind: 'disagreement'; readonly error: RegistryError }
  /** Peer or HSM busy or away: nothing committed, back off and repeat. */
  | { readonly kind: 'transient'; readonly error: RegistryError }
  /** A node or the determinism of the chaincode is at fault: a few repetitions, then alert. */
  | { readonly kind: 'node-fault'; readonly error: RegistryError }
  /** Wrong call or configuration: no repetition helps. */
  | { readonly kind: 'fault'; readonly error: RegistryError };

/** Written by the peer before the message of a contract; without it, ABORTED means a fault of a node. */
const CHAINCODE_RESPONSE = /chaincode response (\d+), /;

/** The peer's limiter answers UNKNOWN, the code that contract errors of an evaluation have too. */
const PEER_BUSY = 'too many requests for /gateway.Gateway';

/**
 * What peers say of each other while some of them, or their chaincode services, are away or have just come back and
 * are not known yet. Under FAILED_PRECONDITION and ABORTED, which otherwise mean lasting faults.
 */
const NODE_AWAY = new RegExp(
  [
    'no combination of peers can be derived',
    'failed to find any endorsing peers',
    'no peers available',
    'chaincode stream terminated',
    'could not launch chaincode',
    'connection (?:error|refused)',
    'code = (?:Unavailable|DeadlineExceeded)',
    'context deadline exceeded',
    'timeout expired',
  ].join('|'),
);

const TRANSIENT_CODES: ReadonlySet<number> = new Set([
  grpcStatus.UNAVAILABLE,
  grpcStatus.DEADLINE_EXCEEDED,
  grpcStatus.RESOURCE_EXHAUSTED,
  grpcStatus.CANCELLED,
]);

/** Closed: the gateway halts, and the operation goes on after the next start. */
const HSM_AWAY: ReadonlySet<string> = new Set(['HSM_UNAVAILABLE', 'HSM_TIMEOUT', 'HSM_CLOSED']);

const NODE_FAULT_CODES: ReadonlySet<number> = new Set([grpcStatus.ABORTED, grpcStatus.UNKNOWN]);

/**
 * Says what to do after an endorsement failed. gRPC codes alone mislead (ABORTED stands for contract errors, peer
 * faults and disagreeing endorsers alike), so the messages of the details decide.
 *
 * @param ownMspId Organization of the peer that was asked. It endorses first, so a refusal that only others gave
 * means that it had agreed.
 */
export function judgeEndorseError(error: unknown, ownMspId: string): EndorseVerdict {
  if (error instanceof HsmError && HSM_AWAY.has(error.code))
    return { kind: 'transient', error: hsmUnavailable(error) };
  if (!(error instanceof GatewayError)) return { kind: 'fault', error: internal(error) };
  const spoken = error.details.filter((detail) => CHAINCODE_RESPONSE.test(detail.message));
  const own = spoken.find((detail) => detail.mspId === ownMspId);
  if (own !== undefined) return { kind: 'refused', error: contractError(own.message) };
  if (spoken[0] !== undefined) return { kind: 'disagreement', error: contractError(spoken[0].message) };
  if (isTransient(error)) return { kind: 'transient', error: unavailable(error) };
  const failed = new RegistryError('ENDORSEMENT_FAILED', endorsementFailure(error), { cause: error });
  return NODE_FAULT_CODES.has(error.code)
    ? { kind: 'node-fault', error: failed }
    : { kind: 'fault', error: failed };
}

function contractError(message: string): RegistryError {
  const known = errorFromWire(message);
  if (known !== undefined) return known;
  const text = message.slice(message.search(CHAINCODE_RESPONSE)).replace(CHAINCODE_RESPONSE, '');
  return new RegistryError(
    'ENDORSEMENT_FAILED',
    `The contract refused without a code of the registry: ${text}`,
  );
}

function isTransient(error: GatewayError): boolean {
  if (error.message.includes(PEER_BUSY) || TRANSIENT_CODES.has(error.code)) return true;
  return [error.message, ...error.details.map((detail) => detail.message)].some((text) =>
    NODE_AWAY.test(text),
  );
}

function endorsementFailure(error: GatewayError): string {
  const reasons = error.details.map((detail) => `${detail.mspId}: ${detail.message}`).join('; ');
  return `The transaction got no sufficient endorsements: ${reasons === '' ? error.message : reasons}`;
}

function unavailable(error: GatewayError): RegistryError {
  return new RegistryError('LEDGER_UNAVAILABLE', 'The peers are away or busy; nothing was submitted.', {
    cause: error,
  });
}

function hsmUnavailable(error: HsmError): RegistryError {
  return new RegistryError('HSM_UNAVAILABLE', 'The HSM did not sign; nothing was submitted.', {
    cause: error,
  });
}

function internal(error: unknown): RegistryError {
  return new RegistryError('INTERNAL', 'The gateway could not prepare the transaction.', { cause: error });
}

/** What a validation code means for the operation. */
export type CommitVerdict = 'valid' | 'conflict' | 'policy' | 'invalid';

const POLICY_CODES: ReadonlySet<number> = new Set([
  StatusCode.ENDORSEMENT_POLICY_FAILURE,
  StatusCode.EXPIRED_CHAINCODE,
  StatusCode.CHAINCODE_VERSION_CONFLICT,
]);

/** Conflicts are endorsed again; policy and version failures once more; the rest is final. */
export function judgeValidationCode(code: number): CommitVerdict {
  if (code === StatusCode.VALID) return 'valid';
  if (code === StatusCode.MVCC_READ_CONFLICT || code === StatusCode.PHANTOM_READ_CONFLICT) return 'conflict';
  return POLICY_CODES.has(code) ? 'policy' : 'invalid';
}

const CODE_NAMES = new Map<number, string>(Object.entries(StatusCode).map(([name, code]) => [code, name]));

/** Fabric's name of a validation code. */
export function validationCodeName(code: number): string {
  return CODE_NAMES.get(code) ?? `UNKNOWN_${code}`;
}
