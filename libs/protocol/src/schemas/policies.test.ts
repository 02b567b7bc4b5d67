import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RISK_CLASSES } from '../domain/common';
import { type Parameters } from '../domain/parameters';
import { NETWORK } from '../test-support/parameters';
import { World } from '../test-support/world';

const file = join(__dirname, '..', '..', '..', '..', 'policies', 'parameters.json');
const policies = JSON.parse(readFileSync(file, 'utf8')) as Omit<Parameters, 'network'>;

describe('policies/parameters.json', () => {
  it('is a proposal that the operators can put in force, once the network is named', () => {
    const world = new World(false);
    const parameters = { ...policies, network: NETWORK };
    const { id } = world.act('Op1MSP', 'operator-admin', 'parameters.propose', { parameters }).result;
    for (const msp of ['Op2MSP', 'Op3MSP']) {
      world.act(msp, 'operator-admin', 'parameters.approve', { proposal_id: id });
    }
    expect(world.must('parameters', [])).toEqual(parameters);
  });

  it('grows stricter with the class', () => {
    const gates = RISK_CLASSES.map((name) => policies.risk_classes[name]);
    for (const [index, gate] of gates.entries()) {
      const milder = gates[index - 1];
      if (milder === undefined) continue;
      expect(gate.approvals_required).toBeGreaterThanOrEqual(milder.approvals_required);
      expect(gate.token_ttl_s).toBeLessThanOrEqual(milder.token_ttl_s);
      expect(gate.list_max_age_s).toBeLessThanOrEqual(milder.list_max_age_s);
      expect(gate.fee_bps).toBeGreaterThanOrEqual(milder.fee_bps);
      expect(Number(gate.fail_closed)).toBeGreaterThanOrEqual(Number(milder.fail_closed));
    }
  });

  it('gives every author a reason for every kind that the author may issue', () => {
    const kinds = ['hold', 'restrict', 'downgrade', 'narrow', 'revoke'] as const;
    for (const who of ['operator', 'regulator', 'maker'] as const) {
      for (const kind of kinds) {
        if (who === 'maker' && kind === 'narrow') continue;
        const codes = policies.reason_codes.filter(
          (code) => code.who.includes(who) && code.kinds.includes(kind),
        );
        expect([who, kind, codes.length > 0]).toEqual([who, kind, true]);
      }
    }
  });
});
