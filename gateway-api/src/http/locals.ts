import { type Response } from 'express';
import { ANONYMOUS, type Caller } from './caller';

/** What the gateway attaches to a response while it is being made. */
interface Locals {
  requestId?: string;
  caller?: Caller;
  /** Why the caller's credentials were refused. */
  refusal?: Error;
  /** Pattern of the route, for metrics and logs. */
  route?: string;
}

export function localsOf(response: Response): Locals {
  return response.locals as Locals;
}

export function callerOf(response: Response): Caller {
  return localsOf(response).caller ?? ANONYMOUS;
}
