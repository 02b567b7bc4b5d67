import { type Parameters } from '../domain/parameters';
import { sha256Hex } from '../encoding/hash';

export const NETWORK = sha256Hex('test network');

const GATE = { token_ttl_s: 3600, fee_bps: 100 };

/** Parameters of a network with four operators and one regulator. */
export const PARAMETERS: Parameters = {
  version: 1,
  network: NETWORK,
  operators: ['Op1MSP', 'Op2MSP', 'Op3MSP', 'Op4MSP'],
  regulators: ['RegulatorMSP'],
  risk_classes: {
    low: {
      ...GATE,
      approvals_required: 0,
      attestation_required: false,
      list_max_age_s: 86400,
      fail_closed: false,
    },
    medium: {
      ...GATE,
      approvals_required: 1,
      attestation_required: false,
      list_max_age_s: 3600,
      fail_closed: false,
    },
    high: {
      ...GATE,
      approvals_required: 2,
      attestation_required: true,
      list_max_age_s: 120,
      fail_closed: true,
      key_threshold: 2,
    },
    critical: {
      ...GATE,
      approvals_required: 3,
      attestation_required: true,
      list_max_age_s: 30,
      fail_closed: true,
      key_threshold: 3,
    },
  },
  domains: ['exploit-generation', 'ncii-deepfake'],
  reason_codes: [
    {
      code: 'maker-request',
      title: 'By the maker',
      kinds: ['hold', 'restrict', 'downgrade', 'revoke'],
      who: ['maker'],
    },
    {
      code: 'abuse-pattern',
      title: 'Abuse',
      kinds: ['hold', 'restrict', 'downgrade', 'narrow', 'revoke'],
      who: ['maker', 'operator', 'regulator'],
    },
    { code: 'court-order', title: 'Order', kinds: ['hold', 'revoke'], who: ['regulator'] },
  ],
  bequest_min_waiting_s: 1000,
  intent_max_lifetime_s: 86400,
};
