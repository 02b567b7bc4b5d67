import { existsSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { parseStrictJson } from '@maker-registry/protocol';
import { Ajv2020 } from 'ajv/dist/2020';
import { ConfigError } from './config-error';
import { readSettingFile } from './environment';

/** One enrolled Fabric identity. Without `key` the private key lives in the HSM. */
export interface IdentityEntry {
  readonly cert?: string;
  readonly key?: string;
  readonly msp_id: string;
  /** `label` is that of the token. */
  readonly hsm?: { readonly label: string };
  readonly tls_cert?: string;
  readonly tls_key?: string;
}

export interface OrganizationEntry {
  readonly name: string;
  readonly msp_id: string;
  readonly role: 'operator' | 'regulator';
  readonly msp_dir: string;
  readonly peer?: { readonly endpoint: string; readonly tls_ca_cert: string; readonly server_name?: string };
  /** The Fabric CA process, which serves the CA of identities and that of TLS certificates. */
  readonly ca?: {
    readonly url: string;
    readonly caname: string;
    readonly tls_caname: string;
    /** PEM of the CA that its own TLS certificate chains to. */
    readonly tls_cert: string;
  };
  readonly identities: Readonly<Record<string, IdentityEntry>>;
}

/** What the gateway needs of the network's description (`.run/network.json` of the native network). */
export interface NetworkEntry {
  readonly channel: string;
  readonly chaincode: string;
  readonly genesis_hash: string;
  readonly organizations: readonly OrganizationEntry[];
  readonly hsm?: { readonly module: string; readonly conf: string; readonly pin_file: string };
  readonly postgres?: { readonly url: string };
}

export interface NetworkFile {
  readonly entry: NetworkEntry;
  /** Absolute path of a file that the description names, relative to the project's root or to the description. */
  readonly path: (name: string) => string;
}

const text = { type: 'string', minLength: 1 } as const;
const identity = {
  type: 'object',
  required: ['msp_id'],
  properties: {
    cert: text,
    key: text,
    msp_id: text,
    hsm: { type: 'object', required: ['label'], properties: { label: text } },
    tls_cert: text,
    tls_key: text,
  },
} as const;
const organization = {
  type: 'object',
  required: ['name', 'msp_id', 'role', 'msp_dir', 'identities'],
  properties: {
    name: text,
    msp_id: text,
    role: { enum: ['operator', 'regulator'] },
    msp_dir: text,
    peer: {
      type: 'object',
      required: ['endpoint', 'tls_ca_cert'],
      properties: { endpoint: text, tls_ca_cert: text, server_name: text },
    },
    ca: {
      type: 'object',
      required: ['url', 'caname', 'tls_caname', 'tls_cert'],
      properties: {
        url: { type: 'string', pattern: '^https://' },
        caname: text,
        tls_caname: text,
        tls_cert: text,
      },
    },
    identities: { type: 'object', additionalProperties: identity },
  },
} as const;
const schema = {
  type: 'object',
  required: ['channel', 'chaincode', 'genesis_hash', 'organizations'],
  properties: {
    channel: text,
    chaincode: text,
    genesis_hash: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    organizations: { type: 'array', minItems: 1, items: organization },
    hsm: {
      type: 'object',
      required: ['module', 'conf', 'pin_file'],
      properties: { module: text, conf: text, pin_file: text },
    },
    postgres: { type: 'object', required: ['url'], properties: { url: text } },
  },
} as const;

const ajv = new Ajv2020({ strict: true });
const isNetworkEntry = ajv.compile<NetworkEntry>(schema);

/** Reads and checks the network's description. The error names the setting and the place in the document. */
export function readNetworkFile(setting: string, file: string): NetworkFile {
  const entry = parse(setting, readSettingFile(setting, file));
  if (!isNetworkEntry(entry)) {
    throw new ConfigError(
      setting,
      `${file} is not a network description: ${ajv.errorsText(isNetworkEntry.errors)}`,
    );
  }
  const folder = dirname(resolve(file));
  return { entry, path: (name) => locate(folder, name) };
}

function parse(setting: string, bytes: Buffer): unknown {
  try {
    return parseStrictJson(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(setting, `the network description is not valid JSON: ${reason}`, { cause });
  }
}

/** Paths are written relative to the project's root, which holds the state folder with the description. */
function locate(folder: string, name: string): string {
  if (isAbsolute(name)) return name;
  const fromRoot = resolve(dirname(folder), name);
  return existsSync(fromRoot) ? fromRoot : resolve(folder, name);
}
