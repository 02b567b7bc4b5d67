import { checkRevocation, MAX_CERTIFICATE_BYTES, MAX_CRL_FILE_BYTES } from '@maker-registry/pki';
import { ClientError } from '@maker-registry/sdk';
import { type Given, required, several } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { readInput } from '../input-file';
import { parseMoment } from '../moment';

export const crlVerify: CliCommand = {
  name: 'crl verify',
  summary: 'Say whether a certificate is revoked, by CRLs at hand.',
  help: `registry crl verify --crl FILE … [--delta FILE …] --issuer CERT … --certificate CERT --at TIME

Prints {"status","code","reason"} by the rules of RFC 5280, without any network:

  good     the lists cover the certificate for every reason, are current, and do not name it
  revoked  a list names it, or an issuer above it
  held     the same, but it may be lifted
  unknown  nothing that was given speaks about it: no list of its issuer, another shard, a delta alone, some reasons only
  invalid  what was given is not to be relied on: a bad signature, past nextUpdate, malformed, another issuer of that name

The exit code is 0 for each of them; 1 if a file can't be read or TIME is none. Files are DER or PEM, one CRL in each. Give
--crl once for each list (shards, lists of the issuers above) and --delta once for each delta. --issuer is the certificate
that issued it; give those above it, too, to have them checked with their own lists: a self-signed one is then where trust
begins. With a single --issuer that one is trusted as it is. TIME is Unix seconds or RFC 3339.

Example: registry crl verify --crl ca.crl --issuer ca.pem --certificate server.pem --at 2026-11-26T05:00:00Z`,
  options: { crl: 'texts', delta: 'texts', issuer: 'texts', certificate: 'text', at: 'text' },
  run: async ({ given }) => {
    const at = parseMoment(required(given, 'at'), 'at');
    const certificate = await readInput(required(given, 'certificate'), MAX_CERTIFICATE_BYTES);
    const issuers = await readAll(atLeastOne(given, 'issuer'), MAX_CERTIFICATE_BYTES);
    const crls = await readAll([...atLeastOne(given, 'crl'), ...several(given, 'delta')], MAX_CRL_FILE_BYTES);
    return checkRevocation({ certificate, issuers, crls, at });
  },
};

function atLeastOne(given: Given, name: string): readonly string[] {
  const files = several(given, name);
  if (files.length === 0) throw new ClientError('USAGE', `--${name} is missing.`, { subject: name });
  return files;
}

async function readAll(paths: readonly string[], maxBytes: number): Promise<Uint8Array[]> {
  const files: Uint8Array[] = [];
  for (const path of paths) files.push(await readInput(path, maxBytes));
  return files;
}
