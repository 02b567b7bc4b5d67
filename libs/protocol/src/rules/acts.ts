import { type ActArguments, type ActName, type Role } from '../domain/act-arguments';
import { type Parameters, type ReasonAuthor } from '../domain/parameters';
import { type RestrictionKind } from '../domain/revocation';
import { parseStrictJson } from '../encoding/strict-json';
import { RegistryError } from '../errors/registry-error';
import { ACTS } from '../intents/registry';
import { MAX_ACT_BYTES } from '../limits';
import { assertSchema } from '../schemas/validate';
import { type Caller } from './context';

/** Parses and checks the argument of a role act. Throws a JSON code, TOO_LARGE or SCHEMA_VIOLATION. */
export function parseActArgument<Name extends ActName>(
  name: Name,
  input: string | Uint8Array,
): ActArguments[Name] {
  const value = parseStrictJson(input, { maxBytes: MAX_ACT_BYTES });
  assertSchema(ACTS[name].schema, value);
  return value as unknown as ActArguments[Name];
}

/**
 * Asserts that the caller's role may perform the act: ROLE_MISSING. Which organisations count is in the parameters; a
 * role from any other organisation's CA means nothing (`standing`).
 */
export function requireRole(name: ActName, caller: Caller): Role {
  const role = ACTS[name].roles.find((candidate) => candidate === caller.role);
  if (role === undefined) {
    throw new RegistryError(
      'ROLE_MISSING',
      `${name} takes one of the roles ${ACTS[name].roles.join(', ')}; the caller has ${caller.role ?? 'none'}.`,
      { subject: caller.mspId },
    );
  }
  return role;
}

/**
 * In which capacity the caller acts. The regulator's role counts from a regulator's organisation only and every other
 * role from an operator's only; else NOT_OPERATOR.
 */
export function standing(caller: Caller, role: Role, parameters: Parameters): ReasonAuthor {
  const isRegulator = role === 'regulator';
  const members = isRegulator ? parameters.regulators : parameters.operators;
  if (!members.includes(caller.mspId)) {
    const body = isRegulator ? 'a regulator' : 'an operator';
    throw new RegistryError('NOT_OPERATOR', `${caller.mspId} is not ${body} in the current parameters.`, {
      subject: caller.mspId,
    });
  }
  return isRegulator ? 'regulator' : 'operator';
}

/** Asserts that a reason code exists and is this author's to give, for this kind of restriction where one is named. */
export function assertReason(
  parameters: Parameters,
  code: string,
  author: ReasonAuthor,
  kind: RestrictionKind | undefined,
): void {
  const reason = parameters.reason_codes.find((candidate) => candidate.code === code);
  const fits = reason?.who.includes(author) === true && (kind === undefined || reason.kinds.includes(kind));
  if (!fits) {
    throw new RegistryError(
      'REASON_UNKNOWN',
      `The code ${code} is not one that a ${author} gives for this.`,
      {
        subject: code,
      },
    );
  }
}
