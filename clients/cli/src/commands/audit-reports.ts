import { required } from '@maker-registry/guard';
import { writeNewFile } from '../new-file';
import { collect } from '../collect';
import { optionalNumber, requiredNumber } from '../given-members';
import { readCommand } from '../shapes';

export const auditReports = readCommand({
  name: 'audit reports',
  summary: 'List the operator’s signed reports.',
  usage: '[--after N]',
  example: '--after 3',
  options: { after: 'text' },
  read: (given) => {
    const after = optionalNumber(given, 'after', Number.MAX_SAFE_INTEGER) ?? 0;
    return ({ audit }) => audit.reports(after);
  },
});

export const auditReport = readCommand({
  name: 'audit report',
  summary: 'Fetch a signed report; with --issue have the next one issued now.',
  usage: '--number N --out FILE | --issue',
  about: 'The file is checked with registry report verify, without the gateway.',
  example: '--number 1 --out report-1.json',
  options: { number: 'text', out: 'text', issue: 'switch' },
  read: (given) => {
    if (given['issue'] === true) return ({ audit }) => audit.issueReport();
    const [number, file] = [
      requiredNumber(given, 'number', Number.MAX_SAFE_INTEGER, 1),
      required(given, 'out'),
    ];
    return async ({ audit }) => {
      await writeNewFile(file, await audit.report(number));
      return { number, file };
    };
  },
});

export const auditQueries = readCommand({
  name: 'audit queries',
  summary: 'Show what regulators and auditors asked of this gateway.',
  usage: '',
  about: 'Callers go by the digest of their certificate. This question is on record too.',
  example: '',
  read:
    () =>
    ({ audit }) =>
      collect(audit.queries()),
});
