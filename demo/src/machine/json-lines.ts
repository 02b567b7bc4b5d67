/** The JSON objects among a program's lines that have `event` equal to `name`; other lines are someone else's. */
export function eventsNamed(lines: readonly string[], name: string): Record<string, unknown>[] {
  return lines.flatMap((line) => {
    const value = parseObject(line);
    return value?.['event'] === name ? [value] : [];
  });
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
