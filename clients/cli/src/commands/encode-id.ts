import {
  actorId,
  ATTESTATION_ALGORITHMS,
  ATTESTATION_KEY_BYTES,
  type AttestationAlgorithm,
  fromHex,
  type JsonSchema,
  modelReference,
  parseModelReference,
  schemeReference,
  type SignatureAlgorithm,
} from '@maker-registry/protocol';
import { ClientError } from '@maker-registry/sdk';
import { required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { readInputObject } from '../input-file';

interface IdKind {
  readonly schema: JsonSchema;
  readonly derive: (input: Readonly<Record<string, unknown>>) => string;
}

const TEXT: JsonSchema = { type: 'string' };

function kind(properties: Readonly<Record<string, JsonSchema>>, derive: IdKind['derive']): IdKind {
  const schema = {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(properties),
    properties,
  };
  return { schema, derive };
}

const KINDS: Readonly<Record<string, IdKind>> = {
  actor: kind({ alg: { type: 'string', enum: ATTESTATION_ALGORITHMS }, public_key: TEXT }, (input) => {
    const { alg, public_key: key } = input as { alg: AttestationAlgorithm; public_key: string };
    fromHex(key, ATTESTATION_KEY_BYTES[alg]);
    // The id is derived for any algorithm's name; which of them an actor may register is the ledger's rule.
    return actorId(alg as SignatureAlgorithm, key);
  }),
  model: kind({ actor_id: TEXT, model_id: TEXT }, (input) => {
    const { actor_id: actor, model_id: id } = input as { actor_id: string; model_id: string };
    return modelReference(actor, id);
  }),
  scheme: kind({ model_ref: {}, scheme_id: TEXT }, (input) => {
    const { model_ref: model, scheme_id: id } = input as { model_ref: unknown; scheme_id: string };
    return schemeReference(typeof model === 'string' ? model : parseModelReference(model).ref_bytes, id);
  }),
};

export const encodeId: CliCommand = {
  name: 'encode id',
  summary: 'Derive the id of an actor, a model or a scheme.',
  help: `registry encode id --kind actor|model|scheme --in FILE

FILE holds JSON, - reads standard input:
  actor   {"alg","public_key"}: the actor's first key; ed25519, es256 or bip340
  model   {"actor_id","model_id"}: its owner, and the owner's name for it
  scheme  {"model_ref","scheme_id"}: model_ref as 64 hex characters or {"ref_type","ref_bytes"}
Needs no gateway.

Example: registry encode id --kind model --in model.json`,
  options: { kind: 'text', in: 'text' },
  run: async ({ given }) => {
    const name = required(given, 'kind');
    const chosen = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
    if (chosen === undefined) {
      throw new ClientError('USAGE', `--kind is one of ${Object.keys(KINDS).join(', ')}.`, {
        subject: 'kind',
      });
    }
    return { id: chosen.derive(await readInputObject(required(given, 'in'), chosen.schema)) };
  },
};
