import {
  canonicalize,
  parseModelReference,
  parseParamsDocument,
  schemeCommitment,
} from '@maker-registry/protocol';
import { type CliCommand } from '../command';
import { readCommitted } from '../committed-document';

export const commitScheme: CliCommand = {
  name: 'commit scheme',
  summary: 'Compute the commitment to a watermark scheme.',
  help: `registry commit scheme --in FILE [--document FILE]

--in holds JSON {"model_ref","scheme_id","params"}; params is the parameter document, any JSON of at most 64 KiB. With
--document the document is a file of its own, and --in has no params. - reads standard input. Needs no gateway.

Example: registry commit scheme --in scheme.json --document params.json`,
  options: { in: 'text', document: 'text' },
  run: async ({ given }) => {
    const input = await readCommitted(given, {
      fixed: { model_ref: {}, scheme_id: { type: 'string' } },
      document: ['params'],
      read: (bytes) => ({ params: parseParamsDocument(bytes) }),
    });
    // The bound holds for a document in either place.
    const params = parseParamsDocument(canonicalize(input['params']));
    const model = parseModelReference(input['model_ref']);
    return { commitment: schemeCommitment(model, input['scheme_id'] as string, params) };
  },
};
