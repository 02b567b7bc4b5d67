/** One row of bars: an attack, and each contestant's rate. */
export interface BarRow {
  readonly label: string;
  readonly values: readonly (number | undefined)[];
  /** The rate to reach, drawn as a line. */
  readonly minimum?: number;
}

export interface BarChart {
  readonly title: string;
  readonly description: string;
  readonly series: readonly string[];
  readonly rows: readonly BarRow[];
}

const LABEL_WIDTH = 150;
const CHART_WIDTH = 520;
const BAR_HEIGHT = 8;
const ROW_GAP = 10;
const TOP = 64;
const FONT = 'font-family="sans-serif" font-size="12"';
/** Told apart without color: solid, striped one way, striped the other way, dotted, outlined. */
const FILLS = ['#1a1a1a', 'url(#p1)', 'url(#p2)', 'url(#p3)', '#ffffff'];
const PATTERNS = [
  '<pattern id="p1" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" height="5" fill="#fff"/><path d="M0 5L5 0" stroke="#1a1a1a" stroke-width="1.4"/></pattern>',
  '<pattern id="p2" width="4" height="4" patternUnits="userSpaceOnUse"><rect width="4" height="4" fill="#bbb"/><path d="M2 0V4" stroke="#666" stroke-width="1"/></pattern>',
  '<pattern id="p3" width="4" height="4" patternUnits="userSpaceOnUse"><rect width="4" height="4" fill="#fff"/><circle cx="2" cy="2" r="1" fill="#1a1a1a"/></pattern>',
];

/** Horizontal bars from 0 to 1 as SVG: with title and description for those who do not see it, legible in black and white. */
export function barChart(chart: BarChart): string {
  const { title, description, series, rows } = chart;
  const rowHeight = series.length * BAR_HEIGHT + ROW_GAP;
  const height = TOP + rows.length * rowHeight + 24;
  const width = LABEL_WIDTH + CHART_WIDTH + 40;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description" ${FONT}>`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="description">${escaped(description)}</desc>`,
    `<defs>${PATTERNS.join('')}</defs>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="12" y="20" font-size="15" font-weight="bold" fill="#111">${escaped(title)}</text>`,
    ...legend(
      series,
      rows.some(({ minimum }) => minimum !== undefined),
    ),
    ...axis(height),
    ...rows.flatMap((row, at) => bars(row, TOP + at * rowHeight, series.length)),
    '</svg>',
    '',
  ].join('\n');
}

function legend(series: readonly string[], hasMinimum: boolean): string[] {
  let x = 12;
  const parts = series.flatMap((name, at) => {
    const from = x;
    x += 26 + name.length * 7.2;
    return [
      `<rect x="${from}" y="32" width="14" height="10" fill="${FILLS[at] ?? '#888'}" stroke="#1a1a1a"/>`,
      `<text x="${from + 19}" y="41" fill="#111">${escaped(name)}</text>`,
    ];
  });
  if (!hasMinimum) return parts;
  return [
    ...parts,
    `<path d="M${x + 4} 30V44" stroke="#111" stroke-width="2.5"/>`,
    `<text x="${x + 12}" y="41" fill="#111">to reach</text>`,
  ];
}

function axis(height: number): string[] {
  return [0, 0.25, 0.5, 0.75, 1].flatMap((value) => {
    const x = placeOf(value);
    return [
      `<path d="M${x} ${TOP - 6}V${height - 20}" stroke="#ddd"/>`,
      `<text x="${x}" y="${height - 6}" text-anchor="middle" fill="#333">${value}</text>`,
    ];
  });
}

function bars({ label, values, minimum }: BarRow, top: number, count: number): string[] {
  const tall = count * BAR_HEIGHT;
  const middle = top + tall / 2 + 4;
  const text = `<text x="${LABEL_WIDTH - 8}" y="${middle}" text-anchor="end" fill="#111">${escaped(label)}</text>`;
  const drawn = values.flatMap((value, at) => {
    if (value === undefined) return [];
    const y = top + at * BAR_HEIGHT;
    const wide = Math.max(1, value * CHART_WIDTH).toFixed(1);
    const fill = FILLS[at] ?? '#888';
    return [
      `<rect x="${LABEL_WIDTH}" y="${y}" width="${wide}" height="${BAR_HEIGHT - 1}" fill="${fill}" stroke="#1a1a1a" stroke-width="0.6"/>`,
    ];
  });
  if (minimum === undefined) return [text, ...drawn];
  const x = placeOf(minimum);
  return [
    text,
    ...drawn,
    `<path d="M${x} ${top - 3}V${top + tall + 2}" stroke="#fff" stroke-width="4.5"/>`,
    `<path d="M${x} ${top - 3}V${top + tall + 2}" stroke="#111" stroke-width="2.5"/>`,
  ];
}

function placeOf(value: number): number {
  return LABEL_WIDTH + Math.round(value * CHART_WIDTH * 10) / 10;
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
