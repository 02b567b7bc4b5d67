import { type Medium } from '@maker-registry/watermark';
import { type Standing, type Tally } from '../measure/tally';
import { decibels, rate, rateWithInterval, seconds, table } from './format';
import { QUALITY_TARGETS, targetOf } from './targets';

const NO_PAYLOAD = 'found';

/** Tables of one medium: our schemes against what was asked for, then everybody side by side. */
export function mediumSection(
  medium: Medium,
  ours: readonly Standing[],
  peers: readonly Standing[],
  shortfalls: Readonly<Record<string, string>>,
): string[] {
  return [
    ...ours.flatMap((standing) => ownTable(medium, standing, shortfalls)),
    ...(peers.length === 0 ? [] : peerTable(ours, peers)),
    ...costTable([...ours, ...peers]),
  ];
}

/** Targets of a standing that were not reached, in words. */
export function missed(medium: Medium, standing: Standing): string[] {
  return standing.tallies.filter((tally) => isShort(medium, standing, tally)).map(({ attack }) => attack);
}

function isShort(medium: Medium, { contestant }: Standing, tally: Tally): boolean {
  const target = targetOf(medium, contestant, tally.attack);
  return target !== undefined && tally[target.measure] / tally.contents < target.minimum;
}

function ownTable(
  medium: Medium,
  standing: Standing,
  shortfalls: Readonly<Record<string, string>>,
): string[] {
  const { contestant, payloadBits, contents, quality, refused, tallies } = standing;
  const exact = payloadBits === 0 ? NO_PAYLOAD : `${payloadBits} bits exact`;
  const hasSound = tallies.some(({ soundFound }) => soundFound !== undefined);
  const rows = tallies.map((tally) => {
    const target = targetOf(medium, contestant, tally.attack);
    const reached = target === undefined ? '' : isShort(medium, standing, tally) ? 'short' : 'reached';
    return [
      `\`${tally.attack}\``,
      rateWithInterval(tally.exact, tally.contents),
      rate(tally.detected / tally.contents),
      payloadBits === 0 ? '' : rate(tally.bitAccuracy),
      ...(hasSound ? [rate((tally.soundFound ?? 0) / tally.contents)] : []),
      target === undefined ? '' : `≥ ${rate(target.minimum)}`,
      reached,
    ];
  });
  const short = missed(medium, standing);
  return [
    `### ${contestant}`,
    '',
    `${contents} contents. ${qualityWords(medium, quality)}${refused === 0 ? '' : ` The embedder refused ${refused}, which count as lost in every row.`}`,
    '',
    ...table(
      [
        ...['attack', exact, 'found at 1e-6', 'bit accuracy'],
        ...(hasSound ? ['sound alone found'] : []),
        ...['to reach', ''],
      ],
      rows,
    ),
    '',
    ...(short.length === 0 ? [] : [shortWords(contestant, short, shortfalls), '']),
  ];
}

function shortWords(
  contestant: string,
  short: readonly string[],
  shortfalls: Readonly<Record<string, string>>,
): string {
  const reason = shortfalls[contestant] ?? 'No reason is known yet.';
  return `Short of what was asked for: ${short.map((attack) => `\`${attack}\``).join(', ')}. ${reason}`;
}

function qualityWords(medium: Medium, quality: Standing['quality']): string {
  const parts = Object.entries(quality).map(([name, { median, worst }]) => {
    const target = QUALITY_TARGETS.find((one) => one.medium === medium && one.figure === name);
    const digits = name === 'ssim' ? 4 : 1;
    const wanted = target === undefined ? '' : `, to reach ${target.minimum}`;
    return `${name.replace('_', ' ').replace(/^(psnr|ssim|snr)/, (word) => word.toUpperCase())} ${median.toFixed(digits)} in the median, ${worst.toFixed(digits)} at worst${wanted}`;
  });
  return parts.length === 0 ? '' : `${parts.join('; ')}.`;
}

function peerTable(ours: readonly Standing[], peers: readonly Standing[]): string[] {
  const everybody = [...ours, ...peers];
  const attacks = [...new Set(peers.flatMap(({ tallies }) => tallies.map(({ attack }) => attack)))];
  const cell = ({ tallies }: Standing, attack: string): string => {
    const tally = tallies.find((one) => one.attack === attack);
    if (tally === undefined) return '–';
    return `${rate(tally.bitAccuracy)} / ${rate(tally.exact / tally.contents)} / ${rate(tally.detected / tally.contents)}`;
  };
  return [
    '### Side by side',
    '',
    'Bit accuracy / message exact / found at a false-positive rate of 1e-6. The peers decide nothing themselves: their bits are',
    'compared with the message that is known to be there, which a real reader does not know.',
    '',
    ...table(
      ['attack', ...everybody.map(({ contestant, payloadBits }) => `${contestant} (${payloadBits} bits)`)],
      [
        ['contents', ...everybody.map(({ contents }) => String(contents))],
        ['PSNR, dB', ...everybody.map(({ quality }) => decibels(quality['psnr']?.median))],
        ...attacks.map((attack) => [`\`${attack}\``, ...everybody.map((one) => cell(one, attack))]),
      ],
    ),
    '',
  ];
}

function costTable(standings: readonly Standing[]): string[] {
  return [
    '### Cost',
    '',
    ...table(
      ['', 'mark, CPU', 'look, CPU', 'look, clock', 'peak memory'],
      standings.map((one) => [
        one.contestant,
        seconds(one.embedSeconds),
        seconds(one.detectSeconds),
        seconds(one.detectWall),
        `${Math.round(one.memory)} MiB`,
      ]),
    ),
    '',
  ];
}
