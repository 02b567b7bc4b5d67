import { type EmbedReport } from '@maker-registry/watermark';

const DECIMAL = /^-?\d+([.]\d+)?$/;

/** Decibels as numbers, as whoever compares them expects; schemes may write decimals as text. */
export function withNumbers(report: EmbedReport): EmbedReport {
  const figures = Object.entries(report).map(([name, value]) => [
    name,
    typeof value === 'string' && DECIMAL.test(value) ? Number(value) : value,
  ]);
  return { ...report, ...(Object.fromEntries(figures) as Record<string, number | string>) };
}
