import { isPlainObject, parseStrictJson } from '../encoding/strict-json';
import { RegistryError } from '../errors/registry-error';
import { keyId } from '../identifiers';
import { type JwkSet, type PublicJwk, publicKeyFromJwk } from '../jose/jwk';
import { MAX_OPERATORS } from '../limits';
import { type ListKey } from '../revocation-list/list-key';
import { closedObject, HEX32, type JsonSchema, MSP_ID, oneOf } from '../schemas/primitives';
import { assertSchema } from '../schemas/validate';

/** An operator as someone has pinned it: its public keys, and where its gateway is. */
export interface PinnedOperatorEntry {
  readonly mspId: string;
  readonly keys: readonly PublicJwk[];
  readonly gateway?: OperatorGateway;
}

/** Where an operator's gateway is, and whom its TLS certificate chains to; the system's authorities where neither is named. */
export interface OperatorGateway {
  readonly url: string;
  /** A file with the CA's certificate, PEM. */
  readonly tlsCa?: string;
  /** The CA's certificate itself, PEM. */
  readonly ca?: string;
}

/** The operators that someone believes, on one network. */
export interface OperatorsDocument {
  /** Genesis hash, hex. */
  readonly network: string;
  readonly operators: readonly PinnedOperatorEntry[];
  /** How many of them have to vouch for a list. */
  readonly threshold?: number;
}

const TEXT: JsonSchema = { type: 'string', minLength: 1, maxLength: 4_096 };
const PEM: JsonSchema = { type: 'string', minLength: 1, maxLength: 65_536 };
const MAX_KEYS = 16;

/** A JWK with kid and use. Private members have no business in a document of pinned keys. */
const PUBLIC_KEY: JsonSchema = closedObject(
  { kty: oneOf(['EC', 'OKP']), crv: TEXT, x: TEXT, y: TEXT, kid: TEXT, use: TEXT, alg: TEXT },
  ['y', 'alg'],
);

/** As `guard pin` keeps it; `gateway` is for those who ask the other operators, `fingerprint` for those who compare keys. */
const DOCUMENT: JsonSchema = closedObject(
  {
    v: { type: 'integer', const: 1 },
    network: HEX32,
    operators: {
      type: 'array',
      maxItems: MAX_OPERATORS,
      items: closedObject(
        {
          msp_id: MSP_ID,
          fingerprint: HEX32,
          keys: {
            type: 'array',
            maxItems: MAX_KEYS,
            items: PUBLIC_KEY,
          },
          gateway: closedObject({ url: TEXT, tls_ca: TEXT, ca: PEM }, ['tls_ca', 'ca']),
        },
        ['fingerprint', 'gateway'],
      ),
    },
    threshold: { type: 'integer', minimum: 1, maximum: MAX_OPERATORS },
  },
  ['threshold'],
);

interface RawGateway {
  readonly url: string;
  readonly tls_ca?: string;
  readonly ca?: string;
}

interface Raw {
  readonly network: string;
  readonly threshold?: number;
  readonly operators: readonly {
    readonly msp_id: string;
    readonly keys: readonly PublicJwk[];
    readonly gateway?: RawGateway;
  }[];
}

/** Parses a document of pinned operators. Throws SCHEMA_VIOLATION, KEY_INVALID or a JSON code. */
export function parseOperators(input: string | Uint8Array): OperatorsDocument {
  const value = parseStrictJson(input);
  if (!isPlainObject(value))
    throw new RegistryError('SCHEMA_VIOLATION', 'The document of operators is not an object.');
  assertSchema(DOCUMENT, value);
  const { network, operators, threshold } = value as unknown as Raw;
  for (const { keys } of operators) keys.forEach(publicKeyFromJwk);
  return {
    network,
    ...(threshold === undefined ? {} : { threshold }),
    operators: operators.map(({ msp_id, keys, gateway }) => ({
      mspId: msp_id,
      keys,
      ...(gateway === undefined ? {} : { gateway: gatewayOf(gateway) }),
    })),
  };
}

function gatewayOf({ url, tls_ca, ca }: RawGateway): OperatorGateway {
  return { url, ...(tls_ca === undefined ? {} : { tlsCa: tls_ca }), ...(ca === undefined ? {} : { ca }) };
}

type Operators = Pick<OperatorsDocument, 'operators'>;

/** The list keys of all operators. */
export function operatorListKeys({ operators }: Operators): ListKey[] {
  return operators.flatMap(({ mspId, keys }) =>
    keys
      .filter(({ use }) => use === 'list')
      .map((key) => {
        const { alg, publicKey } = publicKeyFromJwk(key);
        return { keyid: keyId(alg, publicKey), alg, publicKey, issuer: mspId };
      }),
  );
}

/** The token keys of all operators, or of one. */
export function operatorTokenKeys({ operators }: Operators, mspId?: string): JwkSet {
  const chosen = operators.filter((operator) => mspId === undefined || operator.mspId === mspId);
  return { keys: chosen.flatMap(({ keys }) => keys.filter(({ use }) => use === 'token')) };
}
