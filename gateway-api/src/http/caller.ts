/** Who makes a request, as far as the gateway knows. */
export interface Caller {
  /** Stable name for limits, idempotency and audit: never a network address. */
  readonly id: string;
  readonly kind: 'anonymous' | 'certificate' | 'token';
  /** Organization whose CA issued the certificate. */
  readonly mspId: string | undefined;
  /** Values of `registry.role`. */
  readonly roles: readonly string[];
}

export const ANONYMOUS: Caller = { id: 'anonymous', kind: 'anonymous', mspId: undefined, roles: [] };
