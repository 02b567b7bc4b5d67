import { RegistryError } from '@maker-registry/protocol';
import { type RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { IPV6_SUBNET_BITS } from '../limits';
import { BoundedHitStore } from './bounded-hit-store';
import { callerOf } from './locals';

const MINUTE_MS = 60_000;

/** Limits requests per caller, or per address where the caller is unknown. 0 means no limit. */
export function limitRequests(name: string, perMinute: number): RequestHandler {
  if (perMinute === 0) {
    return (_request, _response, next) => {
      next();
    };
  }
  return rateLimit({
    windowMs: MINUTE_MS,
    limit: perMinute,
    identifier: name,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    store: new BoundedHitStore(),
    keyGenerator: (request, response) => {
      const caller = callerOf(response);
      return caller.kind === 'anonymous' ? ipKeyGenerator(request.ip ?? '', IPV6_SUBNET_BITS) : caller.id;
    },
    handler: (_request, _response, next) => {
      next(new RegistryError('RATE_LIMITED', `At most ${perMinute} such requests per minute are taken.`));
    },
  });
}
