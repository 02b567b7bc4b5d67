import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ClientError, fileError, RegistryClient } from '@maker-registry/sdk';
import { MAX_TOKEN_FILE_BYTES } from '../limits';

/** Options of one command as given, by their long names. */
export type Given = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

/** A text, a text that may be given several times, or a switch. */
type OptionKind = 'text' | 'texts' | 'switch';

export interface OptionTable {
  /** Option name → its kind. */
  readonly options: Readonly<Record<string, OptionKind>>;
  /** Shown with `--help` and after a mistake. */
  readonly help: string;
}

export interface ParsedOptions {
  readonly given: Given;
  /** What follows `--`, or stands without a name. */
  readonly rest: readonly string[];
}

const GATEWAY_OPTIONS = {
  gateway: 'text',
  ca: 'text',
  network: 'text',
  'client-cert': 'text',
  'client-key': 'text',
  bearer: 'text',
} as const;

/** Options with which a command reaches a gateway. */
export const gatewayOptions: OptionTable['options'] = GATEWAY_OPTIONS;

export const GATEWAY_HELP = `
Gateway (or from the environment):
  --gateway URL     address, https only                        REGISTRY_GATEWAY
  --ca FILE         PEM of the CA its certificate chains to    REGISTRY_CA
  --network HEX     genesis hash of the channel                REGISTRY_NETWORK
  --client-cert FILE  PEM of a client certificate, optional    REGISTRY_CLIENT_CERT
  --client-key FILE   PEM of its key, optional                 REGISTRY_CLIENT_KEY
  --bearer FILE     file with an OIDC token, optional          REGISTRY_BEARER`;

/** Parses arguments. Throws USAGE. */
export function parseOptions(args: readonly string[], table: OptionTable): ParsedOptions {
  const options = Object.fromEntries(
    Object.entries(table.options).map(([name, kind]) => [
      name,
      { type: typeOf(kind), multiple: kind === 'texts' },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      strict: true,
    });
    return { given: values, rest: positionals };
  } catch (error) {
    throw new ClientError('USAGE', error instanceof Error ? error.message : 'The arguments do not parse.', {
      cause: error,
    });
  }
}

function typeOf(kind: OptionKind): 'string' | 'boolean' {
  return kind === 'switch' ? 'boolean' : 'string';
}

/** A text option, or undefined. */
export function optional(given: Given, name: string): string | undefined {
  const value = given[name];
  return typeof value === 'string' ? value : undefined;
}

/** A text option that must be there. Throws USAGE. */
export function required(given: Given, name: string): string {
  const value = optional(given, name);
  if (value === undefined) throw new ClientError('USAGE', `--${name} is missing.`, { subject: name });
  return value;
}

/** Every value of an option of kind `texts`, in the order given; empty if there is none. */
export function several(given: Given, name: string): readonly string[] {
  const values = given[name];
  return Array.isArray(values) ? values.filter((value) => typeof value === 'string') : [];
}

/** A whole number within bounds. Throws USAGE. */
export function wholeNumber(text: string, name: string, bounds: { min: number; max: number }): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= bounds.min && value <= bounds.max) return value;
  throw new ClientError(
    'USAGE',
    `--${name} must be a whole number between ${bounds.min} and ${bounds.max}.`,
    {
      subject: name,
    },
  );
}

function settingOf(
  given: Given,
  environment: NodeJS.ProcessEnv,
): (name: keyof typeof GATEWAY_OPTIONS) => string | undefined {
  return (name) =>
    optional(given, name) ?? environment[`REGISTRY_${name.toUpperCase().replaceAll('-', '_')}`];
}

/** Address and CA (PEM) of the gateway that the options name; undefined where they name none. */
export async function namedGateway(
  given: Given,
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly url: string; readonly ca?: string } | undefined> {
  const setting = settingOf(given, environment);
  const url = setting('gateway');
  if (url === undefined) return undefined;
  const ca = await fileText(setting('ca'));
  return { url, ...(ca === undefined ? {} : { ca }) };
}

/** The client that the gateway options describe. `pinnedNetwork` fills in for --network and may not contradict it. */
export async function openClient(
  given: Given,
  environment: NodeJS.ProcessEnv,
  pinnedNetwork?: string,
): Promise<RegistryClient> {
  const setting = settingOf(given, environment);
  const network = setting('network') ?? pinnedNetwork;
  const baseUrl = setting('gateway');
  if (baseUrl === undefined) throw new ClientError('USAGE', '--gateway is missing.', { subject: 'gateway' });
  if (network === undefined) throw new ClientError('USAGE', '--network is missing.', { subject: 'network' });
  if (pinnedNetwork !== undefined && network !== pinnedNetwork) {
    throw new ClientError('CONFIGURATION', 'The keys pinned here are for another network.', {
      subject: 'network',
    });
  }
  const [ca, clientCert, clientKey, token] = await Promise.all(
    (['ca', 'client-cert', 'client-key', 'bearer'] as const).map((name) => fileText(setting(name))),
  );
  return new RegistryClient({
    baseUrl,
    network,
    ...(ca === undefined ? {} : { ca }),
    ...(clientCert === undefined ? {} : { clientCert }),
    ...(clientKey === undefined ? {} : { clientKey }),
    ...(token === undefined ? {} : { token: token.trim() }),
  });
}

async function fileText(path: string | undefined): Promise<string | undefined> {
  return path === undefined ? undefined : await readTextFile(path);
}

/** The text of a file. Throws FILE_UNREADABLE. */
export async function readTextFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw fileError(error, path, 'FILE_UNREADABLE');
  }
}

/** A token from a file. Throws FILE_UNREADABLE. */
export async function readTokenFile(path: string): Promise<string> {
  const text = await readTextFile(path);
  if (text.length <= MAX_TOKEN_FILE_BYTES) return text.trim();
  throw new ClientError('FILE_UNREADABLE', `${path} is too large for a rights token.`, { subject: path });
}
