import { readFileSync } from 'node:fs';
import https from 'node:https';
import { REQUEST_TIMEOUT_MS } from '../limits';
import { NetworkError } from '../network-error';
import { type Answer, request } from '../process/probe';
import { signLowS } from './low-s';

/** Code of Fabric CA's answer when an identity is already registered. */
const ALREADY_REGISTERED = 74;

export interface Attribute {
  readonly name: string;
  readonly value: string;
  /** Put into every enrollment certificate without being asked for. */
  readonly ecert: boolean;
}

export interface Credentials {
  readonly certificatePem: string;
  readonly keyPem: string;
}

export interface CaClientOptions {
  readonly url: string;
  readonly caName: string;
  /** File with the certificate that signs the CA's TLS certificate. */
  readonly trust: string;
  /** The CA's log, named in errors. */
  readonly log: string;
}

/** Fabric CA's REST interface, as far as we use it. One TLS connection is kept open. */
export class CaClient {
  readonly #options: CaClientOptions;
  readonly #agent: https.Agent;

  constructor(options: CaClientOptions) {
    this.#options = options;
    this.#agent = new https.Agent({ keepAlive: true, maxSockets: 1, ca: readFileSync(options.trust) });
  }

  close(): void {
    this.#agent.destroy();
  }

  /** A certificate (PEM) for the request, by enrollment name and secret. */
  async enroll(name: string, secret: string, requestPem: string, profile = ''): Promise<string> {
    const basic = Buffer.from(`${name}:${secret}`).toString('base64');
    const body = JSON.stringify({
      certificate_request: requestPem,
      profile,
      caname: this.#options.caName,
      hosts: ['127.0.0.1', 'localhost'],
    });
    const answer = await this.#post('enroll', body, `Basic ${basic}`);
    return Buffer.from(certificateOf(this.#expect(answer, `enroll ${name}`)), 'base64').toString('utf8');
  }

  /** Registers an identity; one that exists keeps its record. */
  async register(
    by: Credentials,
    identity: { name: string; secret: string; type: string; attributes: readonly Attribute[] },
  ): Promise<void> {
    const body = JSON.stringify({
      id: identity.name,
      type: identity.type,
      secret: identity.secret,
      max_enrollments: -1,
      affiliation: '',
      attrs: identity.attributes,
      caname: this.#options.caName,
    });
    const answer = await this.#post('register', body, token(by, 'POST', '/api/v1/register', body));
    if (!hasCode(answer, ALREADY_REGISTERED)) this.#expect(answer, `register ${identity.name}`);
  }

  #post(path: string, body: string, authorization: string): Promise<Answer> {
    return request({
      url: `${this.#options.url}/api/v1/${path}`,
      method: 'POST',
      headers: {
        authorization,
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
      },
      body,
      agent: this.#agent,
      timeoutMs: REQUEST_TIMEOUT_MS,
    });
  }

  #expect(answer: Answer, what: string): unknown {
    const document: unknown = JSON.parse(answer.body);
    const { success, result } = document as { success?: boolean; result?: unknown };
    if (success === true) return result;
    throw new NetworkError(
      `${this.#options.caName} refused to ${what}: ${answer.body.trim()}`,
      'Read the log of the CA.',
      { log: this.#options.log },
    );
  }
}

function certificateOf(result: unknown): string {
  const certificate = (result as { Cert?: unknown } | undefined)?.Cert;
  if (typeof certificate !== 'string')
    throw new NetworkError('The CA answered without a certificate.', 'Check the CA version.');
  return certificate;
}

function hasCode(answer: Answer, code: number): boolean {
  try {
    const { errors } = JSON.parse(answer.body) as { errors?: { code?: number }[] };
    return (errors ?? []).some((error) => error.code === code);
  } catch {
    return false;
  }
}

/** Fabric CA's token: certificate and a signature over method, path, body and certificate. */
function token(by: Credentials, method: string, path: string, body: string): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const certificate = base64(by.certificatePem);
  const payload = [method, base64(path), base64(body), certificate].join('.');
  return `${certificate}.${signLowS(payload, by.keyPem).toString('base64')}`;
}
