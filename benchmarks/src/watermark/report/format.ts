import { wilson } from '../measure/statistics';

/** A rate to three places, as robustness tables have it: .98 is 0.98. */
export function rate(share: number): string {
  return Number.isFinite(share) ? String(Math.round(share * 1000) / 1000) : '–';
}

/** 43/48 = .896 with its 95 % Wilson interval. */
export function rateWithInterval(successes: number, trials: number): string {
  const { low, high } = wilson(successes, trials);
  return `${rate(successes / trials)} (${rate(low)}–${rate(high)})`;
}

export function decibels(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(1);
}

/** Seconds with two digits that matter. */
export function seconds(value: number): string {
  return Number.isFinite(value) ? `${Number(value.toPrecision(2))} s` : '–';
}

/** A table of Markdown, columns as wide as their widest cell, as Prettier writes it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(3, ...lines.map((line) => (line[column] ?? '').length)));
  const text = (line: readonly string[]): string =>
    `| ${widths.map((width, column) => (line[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [text(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(text)];
}
