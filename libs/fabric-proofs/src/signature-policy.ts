import { ProofError } from './errors';
import { type Identity, parseIdentity } from './identities';
import { MAX_POLICY_DEPTH } from './limits';
import { LEN, orEmpty, REPEATED, shape, VARINT, WireReader } from './wire-reader';

/** A rule over signatures: one principal, or n of some rules. */
export type SignatureRule =
  | { readonly kind: 'signed-by'; readonly index: number }
  | { readonly kind: 'n-of'; readonly n: number; readonly rules: readonly SignatureRule[] };

/** msp.MSPRole.MSPRoleType, by number. */
export const ROLES = ['member', 'admin', 'client', 'peer', 'orderer'] as const;
export type Role = (typeof ROLES)[number];

/** Whom a policy means: one certificate, or whoever has a role in an organization. */
export type Principal =
  | ({ readonly kind: 'identity' } & Identity)
  | { readonly kind: 'role'; readonly mspId: string; readonly role: Role }
  /** An organizational unit, an anonymous or a combined principal: nobody is taken for one. */
  | { readonly kind: 'unsupported' };

/** common.SignaturePolicyEnvelope. */
export interface SignaturePolicy {
  readonly rule: SignatureRule;
  readonly principals: readonly Principal[];
}

const POLICY = shape({ 1: VARINT, 2: LEN });
const POLICY_ENVELOPE = shape({ 1: VARINT, 2: LEN, 3: LEN | REPEATED });
const RULE = shape({ 1: VARINT, 2: LEN });
const N_OUT_OF = shape({ 1: VARINT, 2: LEN | REPEATED });
const PRINCIPAL = shape({ 1: VARINT, 2: LEN });
const MSP_ROLE = shape({ 1: LEN, 2: VARINT });

/** Policy.type of a SignaturePolicyEnvelope. */
const SIGNATURE_POLICY = 1;
/** MSPPrincipal.Classification. */
const ROLE_PRINCIPAL = 0;
const IDENTITY_PRINCIPAL = 2;

function parseRule(bytes: Uint8Array, depth: number): SignatureRule {
  if (depth > MAX_POLICY_DEPTH)
    throw new ProofError('POLICY_UNSUPPORTED', `more than ${MAX_POLICY_DEPTH} nested rules`);
  const reader = new WireReader(bytes, 'SignaturePolicy', 'proof');
  let rule: SignatureRule | null = null;
  while (reader.next(RULE)) {
    rule =
      reader.field === 1 ? { kind: 'signed-by', index: reader.int32() } : parseNOf(reader.bytes(), depth);
  }
  if (rule === null) throw new ProofError('POLICY_UNSUPPORTED', 'a signature rule says nothing');
  return rule;
}

function parseNOf(bytes: Uint8Array, depth: number): SignatureRule {
  const reader = new WireReader(bytes, 'NOutOf', 'proof');
  const rules: SignatureRule[] = [];
  let n = 0;
  while (reader.next(N_OUT_OF)) {
    if (reader.field === 1) n = reader.int32();
    else rules.push(parseRule(reader.bytes(), depth + 1));
  }
  return { kind: 'n-of', n, rules };
}

function parseRole(bytes: Uint8Array): Principal {
  const reader = new WireReader(bytes, 'MSPRole', 'proof');
  let mspId = '';
  let role = 0;
  while (reader.next(MSP_ROLE)) {
    if (reader.field === 1) mspId = reader.text();
    else role = reader.int32();
  }
  const name = ROLES[role];
  return name === undefined ? { kind: 'unsupported' } : { kind: 'role', mspId, role: name };
}

function parsePrincipal(bytes: Uint8Array): Principal {
  const reader = new WireReader(bytes, 'MSPPrincipal', 'proof');
  let classification = 0;
  let principal: Uint8Array | undefined;
  while (reader.next(PRINCIPAL)) {
    if (reader.field === 1) classification = reader.int32();
    else principal = reader.bytes();
  }
  if (classification === ROLE_PRINCIPAL) return parseRole(orEmpty(principal));
  if (classification !== IDENTITY_PRINCIPAL) return { kind: 'unsupported' };
  return { kind: 'identity', ...parseIdentity(orEmpty(principal), 'proof') };
}

/** Reads common.SignaturePolicyEnvelope { 1 version, 2 rule, 3 identities }. @throws ProofError WIRE_*, POLICY_UNSUPPORTED */
export function parseSignaturePolicy(bytes: Uint8Array): SignaturePolicy {
  const reader = new WireReader(bytes, 'SignaturePolicyEnvelope', 'proof');
  const principals: Principal[] = [];
  let rule: Uint8Array | undefined;
  while (reader.next(POLICY_ENVELOPE)) {
    if (reader.field === 1) reader.int32();
    else if (reader.field === 2) rule = reader.message(rule);
    else principals.push(parsePrincipal(reader.bytes()));
  }
  return { rule: parseRule(orEmpty(rule), 0), principals };
}

/** Reads common.Policy { 1 type, 2 value }. @returns null for a policy that is not one over signatures (an implicit meta policy) */
export function parsePolicy(bytes: Uint8Array | undefined): SignaturePolicy | null {
  const reader = new WireReader(orEmpty(bytes), 'Policy', 'proof');
  let type = 0;
  let value: Uint8Array | undefined;
  while (reader.next(POLICY)) {
    if (reader.field === 1) type = reader.int32();
    else value = reader.bytes();
  }
  return type === SIGNATURE_POLICY ? parseSignaturePolicy(orEmpty(value)) : null;
}

/** Whether one of the signers, each counting once, is what a principal asks for. */
function signerOf<Signer>(
  principal: Principal | undefined,
  signers: readonly Signer[],
  used: ReadonlySet<Signer>,
  is: (signer: Signer, principal: Principal) => boolean,
): Signer | undefined {
  if (principal === undefined || principal.kind === 'unsupported') return undefined;
  return signers.find((signer) => !used.has(signer) && is(signer, principal));
}

function satisfies<Signer>(
  rule: SignatureRule,
  policy: SignaturePolicy,
  signers: readonly Signer[],
  used: Set<Signer>,
  is: (signer: Signer, principal: Principal) => boolean,
): boolean {
  if (rule.kind === 'signed-by') {
    const signer = signerOf(policy.principals[rule.index], signers, used, is);
    if (signer !== undefined) used.add(signer);
    return signer !== undefined;
  }
  let count = 0;
  for (const inner of rule.rules) {
    const attempt = new Set(used);
    if (!satisfies(inner, policy, signers, attempt, is)) continue;
    count += 1;
    for (const one of attempt) used.add(one);
  }
  return count >= rule.n;
}

/**
 * Evaluates a policy as Fabric does (common/cauthdsl): in order, each signer counting once.
 *
 * @param signers distinct identities whose signatures and certificates were verified
 * @param is whether a signer is what a principal asks for
 */
export function policySatisfied<Signer>(
  policy: SignaturePolicy,
  signers: readonly Signer[],
  is: (signer: Signer, principal: Principal) => boolean,
): boolean {
  return satisfies(policy.rule, policy, signers, new Set(), is);
}
