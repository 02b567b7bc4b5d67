import { type Verification } from './verification';

/** The result as a file: JSON, two spaces, members in their fixed order, a line end. */
export function verificationText(verification: Verification): string {
  return `${JSON.stringify(verification, undefined, 2)}\n`;
}
