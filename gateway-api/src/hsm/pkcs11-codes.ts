import * as pkcs11 from 'pkcs11js';
import { HsmError, type HsmErrorCode } from './hsm-error';

/**
 * Return values after which the sessions are worth opening anew. Vendors answer a dropped connection with any of
 * these; handles of sessions and keys are void afterwards, and so is the login.
 */
const RECOVERABLE = new Set<number>([
  pkcs11.CKR_GENERAL_ERROR,
  pkcs11.CKR_FUNCTION_FAILED,
  pkcs11.CKR_DEVICE_ERROR,
  pkcs11.CKR_DEVICE_REMOVED,
  pkcs11.CKR_KEY_HANDLE_INVALID,
  pkcs11.CKR_OBJECT_HANDLE_INVALID,
  pkcs11.CKR_OPERATION_ACTIVE,
  pkcs11.CKR_SESSION_CLOSED,
  pkcs11.CKR_SESSION_HANDLE_INVALID,
  pkcs11.CKR_TOKEN_NOT_PRESENT,
  pkcs11.CKR_USER_NOT_LOGGED_IN,
  pkcs11.CKR_CRYPTOKI_NOT_INITIALIZED,
]);

/** Return values about the PIN. Tokens count failures and lock: after one of these nothing may log in again. */
const PIN_REFUSED = new Set<number>([
  pkcs11.CKR_PIN_INCORRECT,
  pkcs11.CKR_PIN_INVALID,
  pkcs11.CKR_PIN_LEN_RANGE,
  pkcs11.CKR_PIN_EXPIRED,
  pkcs11.CKR_PIN_LOCKED,
  pkcs11.CKR_USER_PIN_NOT_INITIALIZED,
]);

/** PKCS#11 return value of an error of pkcs11js, or undefined for any other error. */
export function returnValue(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = (error as { code?: unknown }).code;
  return typeof code === 'number' && code !== 0 ? code : undefined;
}

export function isRecoverable(error: unknown): boolean {
  const ckr = error instanceof HsmError ? error.ckr : returnValue(error);
  return ckr !== undefined && RECOVERABLE.has(ckr);
}

export function isPinRefusal(error: unknown): boolean {
  const ckr = returnValue(error);
  return ckr !== undefined && PIN_REFUSED.has(ckr);
}

/** Any error as an HsmError; return values keep their PKCS#11 name in the sentence. */
export function toHsmError(error: unknown, doing: string, code: HsmErrorCode = 'HSM_UNAVAILABLE'): HsmError {
  if (error instanceof HsmError) return error;
  const said = error instanceof Error ? error.message : String(error);
  return new HsmError(code, `${doing} failed: ${said}`, returnValue(error));
}
