import { idReference, policyCommitment } from '@maker-registry/protocol';
import { readActorKeyFile } from '@maker-registry/sdk';
import { optional, required } from '@maker-registry/guard';
import { membersOf, RECORD_USAGE, recordKeyOf, recordOptions } from '../given-members';
import { readInput } from '../input-file';
import { parsePolicyTerms } from '../policy-terms';
import { intentCommand } from '../shapes';

export const policySet = intentCommand({
  name: 'policy set',
  summary: 'Set a record’s royalty policy, or a new version of it.',
  usage: `${RECORD_USAGE} --terms FILE --license-uri URI [--rights-owner ACTOR_ID]
    [--context HEX]`,
  about: `FILE holds JSON {"license_terms","royalty_terms"}: royalty_terms are beneficiaries, shares_bps (they sum to 10000),
derivative_royalty_bps, max_depth, and where wanted total_royalty_cap_bps and verifications_required. The commitment to both
is computed here and again by the ledger. --rights-owner rules from this version on; yourself unless given. --context is
the one that the record's context_hash was made with, where it has one.`,
  example: `--model $MODEL --content $HASH --terms terms.json \\
    --license-uri https://example.org/license`,
  options: {
    ...recordOptions,
    terms: 'text',
    'license-uri': 'text',
    'rights-owner': 'text',
    context: 'text',
  },
  type: 'policy.set',
  body: async (given) => {
    const record = recordKeyOf(given);
    const terms = parsePolicyTerms(await readInput(required(given, 'terms')));
    const { actorId } = await readActorKeyFile(required(given, 'actor-key'));
    return {
      ...record,
      rights_owner: optional(given, 'rights-owner') ?? actorId,
      license_uri: required(given, 'license-uri'),
      ...terms,
      policy_commitment: policyCommitment(idReference(record.model_ref), record.content_hash, terms),
      ...membersOf(given, { context: 'context' }),
    };
  },
});
