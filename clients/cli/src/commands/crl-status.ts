import { CERTIFICATE_STATES, type CertificateState } from '@maker-registry/protocol';
import { optional } from '@maker-registry/guard';
import { type CertificateReach, type CertificateReachPage } from '@maker-registry/sdk';
import { certificateKey, usage } from '../crl/certificate-target';
import { optionalNumber } from '../given-members';
import { readCommand } from '../shapes';

const MAX_PAGE = 200;
const MAX_LISTED = 10_000;
const DEFAULT_LISTED = 200;

/** Where each revocation has reached. */
export const crlStatus = readCommand({
  name: 'crl status',
  summary: 'Show where the revocations of your organization have reached.',
  usage: '[--serial HEX --aki HEX] [--state held|released|revoked] [--pending] [--limit N]',
  about: `For each: the ledger, the CRL and delta that say it, the Fabric CA, and for each channel the configuration block, the
CRL in it and the peers that work under it. Ask your own operator's gateway. --pending leaves out what is complete.`,
  example: '--pending',
  options: { serial: 'text', aki: 'text', state: 'text', pending: 'switch', limit: 'text' },
  read: (given) => {
    const filter = filterOf(optional(given, 'serial'), optional(given, 'aki'), optional(given, 'state'));
    const limit = optionalNumber(given, 'limit', MAX_LISTED, 1) ?? DEFAULT_LISTED;
    const onlyPending = given['pending'] === true;
    return async ({ read }) => {
      const found: CertificateReach[] = [];
      let page: CertificateReachPage | undefined;
      let asked = 0;
      do {
        page = await read.certificates.reach({ ...filter, ...nextOf(page), limit: MAX_PAGE });
        asked += page.items.length;
        found.push(...page.items.filter(({ complete }) => !(onlyPending && complete)));
      } while (page.next_cursor !== undefined && found.length < limit);
      const { channel, config_block: block, crls } = page;
      const more = page.next_cursor !== undefined || found.length > limit;
      return { channel, config_block: block, crls, looked_at: asked, more, items: found.slice(0, limit) };
    };
  },
});

function nextOf(page: CertificateReachPage | undefined): { cursor?: string } {
  return page?.next_cursor === undefined ? {} : { cursor: page.next_cursor };
}

function filterOf(
  serial: string | undefined,
  aki: string | undefined,
  state: string | undefined,
): { aki?: string; serial?: string; state?: CertificateState } {
  if ((serial === undefined) !== (aki === undefined)) throw usage('--serial and --aki go together.');
  const known = CERTIFICATE_STATES.find((one) => one === state);
  if (state !== undefined && known === undefined)
    throw usage(`--state is one of ${CERTIFICATE_STATES.join(', ')}.`);
  return {
    ...(serial === undefined || aki === undefined ? {} : certificateKey(serial, aki, '--serial')),
    ...(known === undefined ? {} : { state: known }),
  };
}
