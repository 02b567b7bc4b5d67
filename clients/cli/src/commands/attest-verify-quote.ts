import { required } from '@maker-registry/guard';
import { verifyQuote } from '@maker-registry/tpm';
import { type CliCommand } from '../command';
import { readQuoteDocument } from '../quote-document';

export const attestVerifyQuote: CliCommand = {
  name: 'attest verify-quote',
  summary: 'Check what a machine’s TPM says of itself.',
  help: `registry attest verify-quote --in FILE

FILE is JSON, bytes in hex; - reads standard input:

  ak_public      public key of the attestation key: PEM, or TPM2B_PUBLIC
  attest         TPMS_ATTEST, the quote
  signature      TPMT_SIGNATURE over it: RSASSA, RSAPSS or ECDSA
  nonce          the challenge that the quote must answer
  pcrs           {"sha256": {"0": "…", …}}, the values
  required_pcrs  {"sha256": [0, …]}, exactly the PCRs that must be quoted
  previous       optional: {"reset_count", "restart_count", "clock"} of the last quote that was accepted
  event_log      optional: the firmware's event log; it must account for all of those values

Prints {"verdict","code","checks"}: affirming, warning (the evidence is good and something is less so than it could be), or
contraindicated, with the code of the first check that decided. Every check is named with its result: passed, warned,
failed, or not-checked where FILE has not what it takes; a key in PEM does not say its attributes, for one. A bad quote is an
answer, also one that does not parse: the exit code is 0. It is 1 when FILE is no such document. Needs no gateway.

Example: registry attest verify-quote --in quote.json`,
  options: { in: 'text' },
  run: async ({ given }) => {
    const { verdict, code, checks } = verifyQuote(await readQuoteDocument(required(given, 'in')));
    return { verdict, code, checks };
  },
};
