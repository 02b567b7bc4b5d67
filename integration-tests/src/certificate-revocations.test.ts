import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ActArguments, type CertificateReason } from '@maker-registry/protocol';
import { normalizeSerial, parseCertificate, parseCrl, shardOf } from '@maker-registry/pki';
import { type RegistryClient } from '@maker-registry/sdk';
import {
  eventually,
  fabricIdentity,
  organization,
  registryClient,
  runningNetwork,
  startGateway,
  type ExtraGateway,
} from '@maker-registry/testbed';
import { http } from './support/http';
import { binary } from './support/binary';
import { openssl, opensslFile } from './support/openssl';
import { refused } from './support/refused';

const network = runningNetwork();
const OPERATOR = 'op2';
const SHARDS = 2;
const [PORT, OTHER_PORT] = [10_821, 10_822];
const CRL_URL = `https://127.0.0.1:${PORT}/v1/crl`;
/** Milliseconds from a committed revocation to the published delta. */
const PUBLISHED_WITHIN_MS = 5_000;

const own = organization(network, OPERATOR);
const admin = fabricIdentity(network, OPERATOR, 'caadmin');
const msp = join(network.folder, 'organizations', OPERATOR, 'msp');
const CA = readFileSync(join(msp, 'cacerts/ca.pem'), 'utf8');
const issuerKey = (pem: string): string =>
  parseCertificate(new X509Certificate(pem).raw).subjectKeyIdentifier?.toString('hex') ?? '';

interface Subject {
  readonly pem: string;
  readonly key: { readonly aki: string; readonly serial: string };
}

function subject(name: string, kind: 'cert' | 'tls_cert' = 'cert'): Subject {
  const pem = readFileSync(network.path(own.identities[name]?.[kind] ?? ''), 'utf8');
  const ca = kind === 'cert' ? CA : readFileSync(join(msp, 'tlscacerts/tlsca.pem'), 'utf8');
  const serial = normalizeSerial(new X509Certificate(pem).serialNumber);
  return { pem, key: { aki: issuerKey(ca), serial } };
}

describe('certificate revocations', () => {
  let gateways: readonly ExtraGateway[];
  let client: RegistryClient;
  let other: RegistryClient;
  const platform = subject('platform');

  beforeAll(async () => {
    const settings = { CRL_URL, CRL_SHARDS: String(SHARDS) };
    gateways = await Promise.all(
      [PORT, OTHER_PORT].map((port) =>
        startGateway(network, OPERATOR, port, { ...settings, GATEWAY_INSTANCE: `crl-${port}` }),
      ),
    );
    [client, other] = gateways.map((gateway) => registryClient(gateway.network)) as [
      RegistryClient,
      RegistryClient,
    ];
  });
  afterAll(async () => {
    client.close();
    other.close();
    await Promise.all(gateways.map((gateway) => gateway.stop()));
  });

  const revoke = (entries: ActArguments['certificate.revoke']['entries']) =>
    client.performAct('certificate.revoke', { entries }, admin);
  const pem = (der: Uint8Array): string =>
    `-----BEGIN X509 CRL-----\n${Buffer.from(der).toString('base64')}\n-----END X509 CRL-----\n`;

  /** The reason by which the delta lists the certificate, once it does as wanted; and how long that took. */
  async function inDelta({ key }: Subject, wanted: CertificateReason | 'removeFromCRL'): Promise<number> {
    const started = Date.now();
    await eventually(`the delta to say ${wanted}`, PUBLISHED_WITHIN_MS, async () => {
      const delta = parseCrl(await client.trust.crl({ delta: true }));
      return delta.find(key.serial)?.reason === wanted ? true : undefined;
    });
    return Date.now() - started;
  }

  /** What openssl says of a certificate by a full CRL and the delta of now. */
  async function verdict({ pem: certificate }: Subject, base: Uint8Array) {
    const crls = pem(base) + pem(await client.trust.crl({ delta: true }));
    const files = { 'ca.pem': CA, 'crls.pem': crls, 'certificate.pem': certificate };
    const flags = ['-crl_check', '-extended_crl', '-use_deltas', '-x509_strict'];
    return openssl(files, 'verify', ...flags, '-CAfile', 'ca.pem', '-CRLfile', 'crls.pem', 'certificate.pem');
  }

  it('reach full list, delta and shard within five seconds, and openssl refuses the certificate', async () => {
    const before = await client.trust.crl();
    await eventually('the first delta', PUBLISHED_WITHIN_MS, async () =>
      client.trust.crl({ delta: true }).catch(() => undefined),
    );
    expect((await verdict(platform, before)).text).toContain('certificate.pem: OK');

    await revoke([{ ...platform.key, reason: 'certificateHold' }]);
    expect(await inDelta(platform, 'certificateHold')).toBeLessThan(PUBLISHED_WITHIN_MS);
    // With the full CRL of before and the delta of now.
    expect((await verdict(platform, before)).text).toContain('certificate revoked');
    const held = await client.trust.crl();
    expect(parseCrl(held).find(platform.key.serial)?.reason).toBe('certificateHold');
    const number = shardOf(platform.key.serial, SHARDS);
    const shard = parseCrl(await client.trust.crl({ shard: { number, of: SHARDS } }));
    expect(shard.find(platform.key.serial)?.reason).toBe('certificateHold');

    await client.performAct('certificate.release', { entries: [platform.key] }, admin);
    await inDelta(platform, 'removeFromCRL');
    // With the full CRL that has the hold.
    expect((await verdict(platform, held)).text).toContain('certificate.pem: OK');

    await revoke([{ ...platform.key, reason: 'keyCompromise' }]);
    await inDelta(platform, 'keyCompromise');
    for (const base of [before, held, await client.trust.crl()]) {
      expect((await verdict(platform, base)).text).toContain('certificate revoked');
    }
    const document = await client.read.certificates.revocation(own.msp_id, platform.key, {
      minHeight: 'own',
    });
    expect(document).toMatchObject({ state: 'revoked', reason: 'keyCompromise', version: 3 });
  });

  describe('by OCSP', () => {
    /** A certificate of this CA that no gateway ever sees: orderers talk to each other. */
    const unseen = ((): Subject => {
      const pem = readFileSync(join(msp, '../identities/orderer/msp/signcerts/cert.pem'), 'utf8');
      return {
        pem,
        key: { ...platform.key, serial: normalizeSerial(new X509Certificate(pem).serialNumber) },
      };
    })();

    /** What openssl says of the answer to its own request for a certificate. */
    async function status({ pem: certificate }: Subject, way: 'GET' | 'POST'): Promise<string> {
      const files = { 'ca.pem': CA, 'certificate.pem': certificate };
      const question = ['-issuer', 'ca.pem', '-cert', 'certificate.pem'];
      const request = opensslFile(files, 'request.der', 'ocsp', ...question, '-reqout', 'request.der');
      const where = gateways[0]!.network;
      const { type, body } =
        way === 'POST'
          ? await binary(where, '/v1/ocsp', { type: 'application/ocsp-request', body: request })
          : await binary(where, `/v1/ocsp/${encodeURIComponent(request.toString('base64'))}`);
      expect(type).toBe('application/ocsp-response');
      const answer = { ...files, 'request.der': request, 'response.der': body };
      const check = ['-reqin', 'request.der', '-respin', 'response.der', '-CAfile', 'ca.pem', '-resp_text'];
      const { text } = openssl(answer, 'ocsp', ...check);
      expect(text).toContain('Response verify OK');
      return /Cert Status: (\w+)/.exec(text)?.[1] ?? '';
    }

    it('are answered to GET and POST; good is only what was shown', async () => {
      expect(await status(platform, 'POST')).toBe('revoked');
      expect(await status(platform, 'GET')).toBe('revoked');
      expect(await status(unseen, 'POST')).toBe('unknown');
      const shown = await http(gateways[0]!.network, '/v1/certificates', {
        body: JSON.stringify({ certificate: unseen.pem }),
      });
      expect(shown.json).toEqual({ msp_id: own.msp_id, ...unseen.key });
      expect(await status(unseen, 'GET')).toBe('good');
      const foreign = readFileSync(
        network.path(organization(network, 'op3').identities['auditor']?.cert ?? ''),
        'utf8',
      );
      const refusal = await http(gateways[0]!.network, '/v1/certificates', {
        body: JSON.stringify({ certificate: foreign }),
      });
      expect(refusal.json['code']).toBe('CERTIFICATE_INVALID');
    });

    it('know who has acted, without being shown', async () => {
      const known: Subject = { pem: admin.certificate, key: platform.key };
      expect(await status(known, 'POST')).toBe('good');
    });
  });

  it('are final on the ledger, for everybody', async () => {
    expect(await refused(client.performAct('certificate.release', { entries: [platform.key] }, admin))).toBe(
      'REVOCATION_FINAL',
    );
    expect(await refused(revoke([{ ...platform.key, reason: 'certificateHold' }]))).toBe('REVOCATION_FINAL');
    const unknown = { entries: [{ aki: platform.key.aki, serial: '0fab' }] };
    expect(await refused(client.performAct('certificate.release', unknown, admin))).toBe(
      'CERTIFICATE_NOT_HELD',
    );
    const reviewer = fabricIdentity(network, OPERATOR, 'reviewer');
    expect(await refused(client.performAct('certificate.revoke', unknown, reviewer))).toBe('ROLE_MISSING');
  });

  it('say nothing of certificates of another organization’s CA', async () => {
    const stranger = fabricIdentity(network, 'op3', 'caadmin');
    const { key } = subject('reviewer');
    await client.performAct('certificate.revoke', { entries: [key] }, stranger);
    await revoke([{ aki: key.aki, serial: '0fac' }]);
    await eventually('the CRL of what came after', PUBLISHED_WITHIN_MS, async () =>
      parseCrl(await client.trust.crl()).find('0fac'),
    );
    expect(parseCrl(await client.trust.crl()).find(key.serial)).toBeUndefined();
  });

  it('shut the holder of a revoked client certificate out of the gateway', async () => {
    const auditor = subject('auditor', 'tls_cert');
    const holder = registryClient(gateways[0]!.network, { operator: OPERATOR, identity: 'auditor' });
    await holder.read.parameters();
    holder.close();
    await revoke([{ ...auditor.key, reason: 'cessationOfOperation' }]);
    const again = registryClient(gateways[0]!.network, { operator: OPERATOR, identity: 'auditor' });
    await eventually('the refusal', PUBLISHED_WITHIN_MS, async () =>
      (await refused(again.read.parameters()).catch(() => '')) === 'CERTIFICATE_REVOKED' ? true : undefined,
    );
    again.close();
  });

  it('are published by two gateways under one row of growing numbers', async () => {
    const serials = ['0fb1', '0fb2', '0fb3'];
    for (const serial of serials) await revoke([{ aki: platform.key.aki, serial }]);
    for (const gateway of [client, other]) {
      await eventually('both to serve the last revocation', PUBLISHED_WITHIN_MS, async () =>
        parseCrl(await gateway.trust.crl({ delta: true })).find('0fb3'),
      );
    }
    const [ours, theirs] = [await client.trust.crl(), await other.trust.crl()];
    expect(Buffer.from(ours).equals(Buffer.from(theirs))).toBe(true);
    const { items } = (await http(gateways[0]!.network, '/v1/crls?scope=full&limit=200')).json as unknown as {
      items: { number: string; kind: string; height: number; sha256: string }[];
    };
    const lists = items.map(({ number, kind }) => `${number} ${kind}`);
    expect(new Set(lists).size).toBe(lists.length);
    const bases = items.filter(({ kind }) => kind === 'base').map(({ number }) => BigInt(number));
    expect(bases.every((number, index) => index === 0 || number < bases[index - 1]!)).toBe(true);
    expect(Number(bases[0]! >> 32n)).toBe(items[0]?.height);
  });
});
