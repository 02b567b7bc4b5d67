import { parseModelReference, policyCommitment, type PolicyTerms } from '@maker-registry/protocol';
import { type CliCommand } from '../command';
import { readCommitted } from '../committed-document';
import { parsePolicyTerms, TERMS_MEMBERS } from '../policy-terms';

export const commitPolicy: CliCommand = {
  name: 'commit policy',
  summary: 'Compute the commitment to a royalty policy.',
  help: `registry commit policy --in FILE [--document FILE]

--in holds JSON {"model_ref","content_hash","license_terms","royalty_terms"}; the terms are any JSON. With --document the
two terms are an object {"license_terms","royalty_terms"} in a file of its own, and --in has none. - reads standard input.
Needs no gateway.

Example: registry commit policy --in policy.json`,
  options: { in: 'text', document: 'text' },
  run: async ({ given }) => {
    const input = await readCommitted(given, {
      fixed: { model_ref: {}, content_hash: { type: 'string' } },
      document: TERMS_MEMBERS,
      read: (bytes) => ({ ...parsePolicyTerms(bytes) }),
    });
    const model = parseModelReference(input['model_ref']);
    const terms = input as unknown as PolicyTerms;
    return { commitment: policyCommitment(model, input['content_hash'] as string, terms) };
  },
};
