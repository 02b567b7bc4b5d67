import { type Measured } from '../measure/measured';
import { type Standing, standingOf } from '../measure/tally';
import { rate } from './format';
import { targetOf } from './targets';

/** One line for each scheme and attack, for who waits at the terminal. */
export function summaryLines(measured: Measured): string[] {
  const names = [...new Set(measured.contents.map(({ contestant }) => contestant))];
  return names.flatMap((name) => {
    const results = measured.contents.filter(({ contestant }) => contestant === name);
    const medium = results[0]?.medium ?? 'image';
    const standing = standingOf(name, results);
    return [
      heading(standing),
      ...standing.tallies.map((tally) => {
        const target = targetOf(medium, name, tally.attack);
        const wanted = target === undefined ? '' : `  to reach ${rate(target.minimum)}`;
        const failed = tally.failed === 0 ? '' : `  failed ${tally.failed}`;
        return `  ${tally.attack.padEnd(28)} exact ${rate(tally.exact / tally.contents)}  found ${rate(tally.detected / tally.contents)}${wanted}${failed}`;
      }),
    ];
  });
}

function heading(standing: Standing): string {
  const { contestant, contents, refused, quality, embedSeconds, detectSeconds, detectWall, memory } =
    standing;
  const figures = Object.entries(quality).map(
    ([name, { median, worst }]) => `${name} ${median.toFixed(4)} (worst ${worst.toFixed(4)})`,
  );
  return `${contestant}: ${contents} contents, ${refused} refused; ${figures.join(', ')}; embed ${embedSeconds.toFixed(2)} s, detect ${detectSeconds.toFixed(3)} s CPU (${detectWall.toFixed(3)} s clock), ${Math.round(memory)} MiB`;
}
