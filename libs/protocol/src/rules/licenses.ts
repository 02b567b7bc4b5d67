import { type Actor } from '../domain/actor';
import { type Intent } from '../domain/intent-bodies';
import { ledgerKeys, type RuleOutcome } from '../domain/ledger';
import { type License } from '../domain/license';
import { RegistryError } from '../errors/registry-error';
import { licenseId } from '../identifiers';
import { assertNotBanned } from './bans';
import { type IntentContext, ledgerTime } from './context';

export interface DefineLicenseState {
  /** State under the id that licensor and terms give (`licenseId`). */
  readonly existing: License | undefined;
  readonly actor: Actor;
}

/**
 * license.define: terms become citable. Equal terms of one licensor are one license.
 *
 * @throws RegistryError LICENSE_EXISTS, LICENSE_VIOLATION for terms that contradict themselves, or ACTOR_BANNED
 */
export function defineLicense(
  state: DefineLicenseState,
  intent: Intent<'license.define'>,
  context: IntentContext,
): RuleOutcome {
  const { name, terms } = intent.body;
  const id = licenseId(intent.actor, terms);
  assertNotBanned(state.actor, 'license', undefined);
  if (state.existing !== undefined) {
    throw new RegistryError('LICENSE_EXISTS', 'These terms are already defined by this licensor.', {
      subject: id,
    });
  }
  if (terms.resale_royalty_bps > 0 && !terms.transfer.resale) {
    throw new RegistryError(
      'LICENSE_VIOLATION',
      'A resale royalty has no meaning where resale is not permitted.',
      {
        subject: '/body/terms/resale_royalty_bps',
      },
    );
  }
  const license: License = {
    license_id: id,
    licensor: intent.actor,
    name,
    terms,
    defined: ledgerTime(context),
  };
  return {
    writes: [{ kind: 'license', id: ledgerKeys.license(id), value: license }],
    result: { id, type: 'license' },
  };
}
