import { required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { intentCommand } from '../shapes';

/** A command that gives a scheme another status. */
function schemeMark(verb: string, status: string, summary: string, about: string): CliCommand {
  return intentCommand({
    name: `scheme ${verb}`,
    summary,
    usage: '--scheme REF',
    about,
    example: '--scheme $SCHEME',
    options: { scheme: 'text' },
    type: 'scheme.mark',
    body: (given) => ({ scheme_ref: required(given, 'scheme'), status }),
  });
}

export const schemeDeprecate = schemeMark(
  'deprecate',
  'deprecated',
  'Advise against your scheme.',
  'New records stay possible and say so.',
);

export const schemeRevoke = schemeMark(
  'revoke',
  'revoked',
  'Revoke your scheme.',
  'No new records. Old ones verify, with the risk shown.',
);
