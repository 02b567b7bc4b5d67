/** What can go wrong with the token, as stable codes. */
export type HsmErrorCode =
  | 'HSM_UNAVAILABLE'
  | 'HSM_TIMEOUT'
  | 'HSM_CLOSED'
  | 'HSM_PIN_REFUSED'
  | 'HSM_TOKEN_MISSING'
  | 'HSM_MECHANISM_MISSING'
  | 'HSM_KEY_MISSING'
  | 'HSM_KEY_AMBIGUOUS'
  | 'HSM_KEY_EXISTS'
  | 'HSM_KEY_UNSAFE'
  | 'HSM_BAD_REQUEST';

/** An error of the HSM with a stable code; `ckr` is the PKCS#11 return value where one was given. Never holds a PIN. */
export class HsmError extends Error {
  readonly code: HsmErrorCode;
  readonly ckr: number | undefined;

  constructor(code: HsmErrorCode, message: string, ckr?: number) {
    super(message);
    this.name = 'HsmError';
    this.code = code;
    this.ckr = ckr;
  }
}
