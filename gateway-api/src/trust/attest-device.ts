import {
  type ApplicableRestriction,
  attestationContext,
  type ErrorCode,
  findBar,
  fromHex,
  RegistryError,
  tightenLimits,
  type TokenClaims,
} from '@maker-registry/protocol';
import {
  type Check,
  type ClockInfo,
  type GradedCheck,
  keyName,
  type QuotePolicy,
  type TpmPublicKey,
  type Verdict,
  verifyCertify,
  verifyQuote,
} from '@maker-registry/tpm';
import { type ClassPolicy, deviceRestrictions, type Narrowing, quotePolicy } from './attestation-policy';
import { type Device } from './devices';

/** Evidence of a device, TPM structures in hex. */
export interface Evidence {
  readonly quote: {
    readonly attest: string;
    readonly signature: string;
    readonly pcrs: PcrTable;
    /** The firmware's event log, crypto-agile. */
    readonly event_log?: string;
  };
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

/** What a device's evidence amounts to under the policy of its class. */
export interface Attestation {
  readonly verdict: Verdict['verdict'];
  readonly checks: readonly Check[];
  /** The check that decided against `affirming`; absent where it is. */
  readonly code?: ErrorCode;
  /** Under what a release goes on: empty for `affirming`; `deny` where none does. */
  readonly narrowing: 'deny' | readonly Narrowing[];
  readonly clock?: ClockInfo;
  readonly firmware?: string;
}

/** Judges a device's evidence for one key release: the quote over this challenge, right and key, and the key's certification. */
export function attestDevice(request: AttestationRequest): Attestation {
  const quote = judgeQuote(request);
  const certification = verifyCertify({
    akPublic: request.device.akPublic,
    attest: fromHex(request.evidence.certification.attest),
    signature: fromHex(request.evidence.certification.signature),
    keyPublic: request.releaseKeyPublic,
  });
  // A certification holds or does not: nothing in it is graded.
  const { verdict, code } =
    certification.verdict === 'contraindicated' && quote.verdict !== 'contraindicated'
      ? certification
      : quote;
  return {
    verdict,
    checks: [
      ...quote.checks,
      ...certification.checks.map((check) => ({ ...check, name: `certification: ${check.name}` })),
    ],
    ...(code === 'OK' ? {} : { code }),
    narrowing: narrowingOf(verdict, request.policy),
    ...(quote.clock === undefined ? {} : { clock: quote.clock }),
    ...(quote.firmware === undefined ? {} : { firmware: quote.firmware }),
  };
}

function judgeQuote({
  device,
  evidence,
  nonce,
  rightId,
  releaseKey,
  policy,
}: AttestationRequest): ReturnType<typeof verifyQuote> {
  const { attest, signature, pcrs, event_log } = evidence.quote;
  return verifyQuote({
    akPublic: device.akPublic,
    akName: device.akName,
    ekPublic: device.ekPublic,
    attest: fromHex(attest),
    signature: fromHex(signature),
    pcrs: { sha256: pcrs.sha256 },
    qualifyingData: attestationContext({ nonce, rightId, releaseKeyName: keyName(releaseKey) }),
    policy: askedOf(device, policy),
    previous: device.previous,
    eventLog: event_log === undefined ? undefined : fromHex(event_log),
  });
}

/**
 * The class's policy; a log that fell short is asked for with every quote until a good one comes. Else a machine would show its
 * log's shortcomings once, be warned of, and be affirmed by its next quote of the same boot, which need not bring a log.
 */
function askedOf({ warnings }: Pick<Device, 'warnings'>, policy: ClassPolicy): QuotePolicy {
  const asked = quotePolicy(policy);
  if (asked.eventLog?.demanded !== 'after-reset' || !warnings.some(isOfEventLog)) return asked;
  return { ...asked, eventLog: { ...asked.eventLog, demanded: 'always' } };
}

const OF_EVENT_LOG: readonly string[] = [
  'event-log-present',
  'event-log-accepted',
] satisfies readonly GradedCheck[];

function isOfEventLog(warning: string): boolean {
  return OF_EVENT_LOG.includes(warning);
}

function narrowingOf(verdict: Verdict['verdict'], { on_warning }: ClassPolicy): Attestation['narrowing'] {
  if (verdict === 'affirming') return [];
  return verdict === 'warning' ? on_warning : 'deny';
}

/** Checks that fell short without the evidence being false. */
export function warningsOf({ checks }: Attestation): readonly string[] {
  return checks.filter(({ result }) => result === 'warned').map(({ name }) => name);
}

/** The warnings that stand after this evidence: its own, and those of the same boot's event log while it brings no other log. */
export function standingWarnings(
  attestation: Attestation,
  { previous, warnings }: Pick<Device, 'previous' | 'warnings'>,
): readonly string[] {
  const own = warningsOf(attestation);
  const hasLog = attestation.checks.some(
    ({ name, result }) => name === 'event-log-present' && result === 'passed',
  );
  if (hasLog || previous?.resetCount !== attestation.clock?.resetCount) return own;
  return [...new Set([...own, ...warnings.filter(isOfEventLog)])];
}

/**
 * Asserts that the evidence suffices for what a token permits: it is affirmed, or the token permits no more than a warning
 * narrows to. The sentence names the checks that fell short and nothing that would have passed.
 *
 * @throws RegistryError the code of the check that decided, or ATTESTATION_NARROWED
 */
export function assertAttested({ code, checks, narrowing }: Attestation, token: TokenUse): void {
  const short = checks
    .filter(({ result }) => result === 'failed' || result === 'warned')
    .map(({ name }) => name);
  if (narrowing === 'deny') {
    throw new RegistryError(
      code ?? 'QUOTE_MALFORMED',
      `The attestation does not suffice: ${short.join(', ')}.`,
    );
  }
  if (!permitsMore(token, deviceRestrictions(narrowing))) return;
  throw new RegistryError(
    'ATTESTATION_NARROWED',
    `The token permits more than a machine with these shortcomings may: ${short.join(', ')}. Ask for a new token.`,
  );
}

type TokenUse = Pick<TokenClaims, 'actions' | 'purpose' | 'domains' | 'limits'>;

function permitsMore(token: TokenUse, restrictions: readonly ApplicableRestriction[]): boolean {
  const { actions, purpose, domains, limits } = token;
  if (actions.some((action) => findBar(restrictions, { action, purpose, domains }) !== undefined))
    return true;
  return tightenLimits(limits, restrictions).max_executions !== limits.max_executions;
}
