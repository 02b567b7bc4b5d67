import type { Parameters, RiskGate } from '@maker-registry/protocol';

/** The network of scenarios: any 32 bytes. */
export const SAMPLE_NETWORK = 'ab'.repeat(32);

const gate = (approvals: number, feeBps: number): RiskGate => ({
  approvals_required: approvals,
  attestation_required: approvals > 0,
  token_ttl_s: 600,
  list_max_age_s: 60,
  fail_closed: approvals > 0,
  fee_bps: feeBps,
});

/** Parameters of a network of three operators and a regulator, small enough to reason about. */
export const SAMPLE_PARAMETERS: Parameters = {
  version: 1,
  network: SAMPLE_NETWORK,
  operators: ['Op1MSP', 'Op2MSP', 'Op3MSP'],
  regulators: ['RegulatorMSP'],
  risk_classes: { low: gate(0, 10), medium: gate(1, 25), high: gate(2, 100), critical: gate(3, 250) },
  domains: ['exploit-generation', 'ncii-deepfake'],
  reason_codes: [
    {
      code: 'maker-request',
      title: 'By the maker',
      kinds: ['hold', 'restrict', 'downgrade', 'revoke'],
      who: ['maker'],
    },
    {
      code: 'key-compromise',
      title: 'A key leaked',
      kinds: ['hold', 'revoke'],
      who: ['maker', 'operator', 'regulator'],
    },
    {
      code: 'abuse',
      title: 'A pattern of abuse',
      kinds: ['hold', 'restrict', 'downgrade', 'narrow', 'revoke'],
      who: ['operator', 'regulator'],
    },
  ],
  bequest_min_waiting_s: 3_600,
  intent_max_lifetime_s: 86_400,
};
