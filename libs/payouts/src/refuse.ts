import { RegistryError } from '@maker-registry/protocol';

/** Throws SCHEMA_VIOLATION with a sentence for people, about a member, a withdrawal or a place in a file. */
export function refuse(message: string, subject?: string): never {
  throw new RegistryError('SCHEMA_VIOLATION', message, subject === undefined ? {} : { subject });
}
