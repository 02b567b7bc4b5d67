import { formatSeconds } from '../terminal/format';
import type { Screen } from '../terminal/screen';
import type { Report } from './report';

/** Where to look when a step failed, relative to the clone's root. */
const LOGS = '.run/logs';

/** The last lines: how it went, how long it took, where to read more. */
export function summarize(report: Report, screen: Screen, reportFile: string): void {
  const claims = report.steps.flatMap((step) => step.claims);
  const held = claims.filter((claim) => claim.ok).length;
  screen.line('');
  for (const highlight of report.highlights) screen.line(highlight);
  const failed = report.steps.find((step) => !step.ok);
  if (failed === undefined) {
    screen.line(screen.style.good(`All ${held} claims of ${report.steps.length} steps held.`));
  } else {
    screen.line(screen.style.bad(`Step ${failed.number} failed: ${failed.title}`));
    const code = failed.error?.code === undefined ? '' : `${failed.error.code}: `;
    screen.line(`${code}${failed.error?.message ?? ''}`);
    screen.line(
      `Logs of the services: ${LOGS}; of this run: .run/demo/${report.run}. How they are: make status`,
    );
  }
  screen.line(
    `${report.transactions.length} transactions in ${formatSeconds(report.seconds * 1000)}. Report: ${reportFile}`,
  );
}
