import { type Given } from '@maker-registry/guard';
import { type AuditPeriod } from '@maker-registry/sdk';
import { optionalNumber } from '../given-members';
import { readCommand } from '../shapes';

const PERIOD = { fromBlock: 'from-block', toBlock: 'to-block', from: 'from', to: 'to' } as const;

function periodOf(given: Given): AuditPeriod {
  const members = Object.entries(PERIOD).map(
    ([member, option]) => [member, optionalNumber(given, option, Number.MAX_SAFE_INTEGER)] as const,
  );
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

export const auditStatistics = readCommand({
  name: 'audit statistics',
  summary: 'Count approvals, revocations, refusals, fees and their use over a period.',
  usage: '[--from-block N] [--to-block N] [--from TIME] [--to TIME]',
  about: `Counted by the rules of signed reports; with the hashes that bind it to the ledger, and the operator's own record
of content keys released and refused. Times are Unix seconds. To check it, compare what registry audit export prints.`,
  example: '--from-block 0 --to-block 500',
  options: { 'from-block': 'text', 'to-block': 'text', from: 'text', to: 'text' },
  read: (given) => {
    const period = periodOf(given);
    return ({ audit }) => audit.statistics(period);
  },
});
