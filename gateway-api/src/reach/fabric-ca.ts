import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { isPlainObject, parseStrictJson, RegistryError } from '@maker-registry/protocol';
import { type AuthorityName } from '../crl';
import { FABRIC_CA_DEADLINE_MS, MAX_FABRIC_CA_ANSWER_BYTES } from './limits';

/** The organization's Fabric CA process, which serves two CAs. */
export interface FabricCaConfig {
  /** Origin, https. */
  readonly url: string;
  readonly names: Readonly<Record<AuthorityName, string>>;
  /** PEM file of the CA that issued the process's own TLS certificate. */
  readonly tlsCaFile: string;
}

/** A request to the Fabric CA with the authorization that its caller made for exactly these bytes. */
export interface FabricCaRequest {
  readonly method: 'GET' | 'POST';
  /** Path with query. */
  readonly path: string;
  /** Empty for GET. */
  readonly body: string;
  /** base64(certificate).base64(signature): useless for any other request. */
  readonly token: string;
}

/** Fabric CA's code for a certificate that is revoked already. */
const ALREADY_REVOKED = 'already revoked';

/**
 * Relays requests to the organization's Fabric CA. The gateway holds no right there: the CA admin's own key signs each
 * request, so whoever takes over a gateway can revoke nobody.
 */
export class FabricCa {
  readonly #config: FabricCaConfig;

  constructor(config: FabricCaConfig) {
    this.#config = config;
  }

  get names(): Readonly<Record<AuthorityName, string>> {
    return this.#config.names;
  }

  /**
   * @returns what the CA answered; undefined where it says that the certificate is revoked already
   * @throws RegistryError FABRIC_CA_REFUSED, FABRIC_CA_UNAVAILABLE
   */
  async send(wanted: FabricCaRequest): Promise<Readonly<Record<string, unknown>> | undefined> {
    const text = await this.#fetch(wanted);
    const answer = parseAnswer(text);
    if (answer['success'] === true && isPlainObject(answer['result'])) return answer['result'];
    const message = messageOf(answer);
    if (message.includes(ALREADY_REVOKED)) return undefined;
    throw new RegistryError('FABRIC_CA_REFUSED', `The Fabric CA refuses: ${message}`);
  }

  #fetch({ method, path, body, token }: FabricCaRequest): Promise<string> {
    return new Promise((resolve, reject) => {
      const away = (cause: unknown): void => {
        reject(new RegistryError('FABRIC_CA_UNAVAILABLE', 'The Fabric CA does not answer.', { cause }));
      };
      const sent = request(new URL(path, this.#config.url), {
        method,
        ca: readFileSync(this.#config.tlsCaFile),
        headers: {
          authorization: token,
          ...(method === 'GET'
            ? {}
            : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
        },
        signal: AbortSignal.timeout(FABRIC_CA_DEADLINE_MS),
      });
      sent.once('error', away);
      sent.once('response', (response) => {
        const parts: Buffer[] = [];
        let size = 0;
        response.on('data', (part: Buffer) => {
          size += part.length;
          if (size > MAX_FABRIC_CA_ANSWER_BYTES) sent.destroy(new Error('the answer is too long'));
          else parts.push(part);
        });
        response.once('error', away);
        response.once('end', () => {
          resolve(Buffer.concat(parts).toString('utf8'));
        });
      });
      sent.end(body);
    });
  }
}

function parseAnswer(text: string): Readonly<Record<string, unknown>> {
  try {
    const answer = parseStrictJson(text, { maxBytes: MAX_FABRIC_CA_ANSWER_BYTES });
    if (isPlainObject(answer)) return answer;
  } catch {
    // Said below: what is not JSON is no answer of a Fabric CA.
  }
  throw new RegistryError('FABRIC_CA_UNAVAILABLE', 'The Fabric CA answers with something that is not JSON.');
}

function messageOf({ errors }: Readonly<Record<string, unknown>>): string {
  const [first] = Array.isArray(errors) ? (errors as unknown[]) : [];
  const message = isPlainObject(first) ? first['message'] : undefined;
  return typeof message === 'string' ? message : 'without a reason';
}
