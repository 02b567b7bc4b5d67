import { type Given, optional } from '@maker-registry/guard';
import { readJsonFile } from './json-file';

/**
 * Verification reports from the file of --reports, one or a list of them, as a settlement takes them; nothing where it is
 * not given. Their form is the schema's to judge. Throws FILE_UNREADABLE, USAGE.
 */
export async function readReports(given: Given): Promise<{ readonly reports?: readonly unknown[] }> {
  const file = optional(given, 'reports');
  return file === undefined ? {} : { reports: [await readJsonFile(file)].flat() };
}
