import { type JsonSchema } from '@maker-registry/protocol';

/** 32 bytes in lower-case hex: ids, commitments, salts. */
export const HEX32: JsonSchema = { type: 'string', pattern: '^[0-9a-f]{64}$' };
