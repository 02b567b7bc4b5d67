import { attestationContext, type ErrorCode, fromHex, RegistryError } from '@maker-registry/protocol';
import {
  type Check,
  type ClockInfo,
  keyName,
  type TpmPublicKey,
  verifyCertify,
  verifyQuote,
} from '@maker-registry/tpm';
import { type ClassPolicy, quotePolicy } from './attestation-policy';
import { type Device } from './devices';

/** Evidence of a device, TPM structures in hex. */
export interface Evidence {
  readonly quote: { readonly attest: string; readonly signature: string; readonly pcrs: PcrTable };
  readonly certification: { readonly attest: string; readonly signature: string };
}

/** PCR values in hex by number. */
interface PcrTable {
  readonly sha256: Readonly<Record<string, string>>;
}

export interface AttestationRequest {
  readonly device: Device;
  readonly evidence: Evidence;
  /** Nonce of the challenge. */
  readonly nonce: Uint8Array;
  readonly rightId: string;
  /** TPM2B_PUBLIC of the release key, and the same parsed. */
  readonly releaseKeyPublic: Uint8Array;
  readonly releaseKey: TpmPublicKey;
  readonly policy: ClassPolicy;
}

export interface Attestation {
  readonly checks: readonly Check[];
  /** Why it does not suffice; absent when it does. */
  readonly code?: ErrorCode;
  readonly clock?: ClockInfo;
  readonly firmware?: string;
}

/** Judges a device's evidence for one key release: the quote over this challenge, right and key, and the key's certification. */
export function attestDevice(request: AttestationRequest): Attestation {
  const { device, evidence, nonce, rightId, releaseKey, policy } = request;
  const quote = verifyQuote({
    akPublic: device.akPublic,
    akName: device.akName,
    ekPublic: device.ekPublic,
    attest: fromHex(evidence.quote.attest),
    signature: fromHex(evidence.quote.signature),
    pcrs: { sha256: evidence.quote.pcrs.sha256 },
    qualifyingData: attestationContext({ nonce, rightId, releaseKeyName: keyName(releaseKey) }),
    policy: quotePolicy(policy),
    ...(device.previous === undefined ? {} : { previous: device.previous }),
  });
  const certification = verifyCertify({
    akPublic: device.akPublic,
    attest: fromHex(evidence.certification.attest),
    signature: fromHex(evidence.certification.signature),
    keyPublic: request.releaseKeyPublic,
  });
  const checks = [
    ...quote.checks,
    ...certification.checks.map((check) => ({ ...check, name: `certification: ${check.name}` })),
  ];
  const quoteSuffices =
    quote.verdict === 'affirming' || (quote.verdict === 'warning' && policy.accept_unsafe_clock);
  const code = !quoteSuffices
    ? quote.code
    : certification.verdict === 'affirming'
      ? 'OK'
      : certification.code;
  return {
    checks,
    ...(code === 'OK' ? {} : { code }),
    ...(quote.clock === undefined ? {} : { clock: quote.clock }),
    ...(quote.firmware === undefined ? {} : { firmware: quote.firmware }),
  };
}

/** Asserts that the evidence suffices; the sentence names the failed checks and nothing that would have passed. */
export function assertAttested({ code, checks }: Attestation): void {
  if (code === undefined) return;
  const failed = checks.filter(({ outcome }) => outcome !== 'passed').map(({ name }) => name);
  throw new RegistryError(code, `The attestation does not suffice: ${failed.join(', ')}.`);
}
