import {
  assertParamsDocument,
  idReference,
  parseParamsDocument,
  schemeCommitment,
} from '@maker-registry/protocol';
import { required } from '@maker-registry/guard';
import { readInput } from '../input-file';
import { intentCommand } from '../shapes';

export const schemeRegister = intentCommand({
  name: 'scheme register',
  summary: 'Publish a watermark scheme of your model.',
  usage: '--model REF --params FILE --params-uri URI',
  about: `FILE is the parameter document: JSON with scheme_id, detector_spec, params, key_commitment, compatibility; 64 KiB at
most. Its commitment is computed here and again by the ledger, which keeps it for good; the document itself must stay at
--params-uri (https or ipfs). An upgrade is a new scheme_id.`,
  example: '--model $MODEL --params params.json --params-uri https://example.org/p',
  options: { model: 'text', params: 'text', 'params-uri': 'text' },
  type: 'scheme.register',
  body: async (given) => {
    const modelRef = required(given, 'model');
    const document = assertParamsDocument(parseParamsDocument(await readInput(required(given, 'params'))));
    return {
      model_ref: modelRef,
      scheme_id: document.scheme_id,
      params_uri: required(given, 'params-uri'),
      scheme_commitment: schemeCommitment(idReference(modelRef), document.scheme_id, document),
      params_document: document,
    };
  },
});
