import { randomUUID } from 'node:crypto';
import { RegistryError } from '@maker-registry/protocol';
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Response } from 'express';
import helmet from 'helmet';
import { assertAccess } from './auth/authorize';
import { type GatewayContext } from './context';
import { ANONYMOUS } from './http/caller';
import { callerOf, localsOf } from './http/locals';
import { PROBLEM_MEDIA_TYPE, problemOfUnknown } from './http/problem';
import { limitRequests } from './http/rate-limit';
import { type Route, type ValidRequest } from './http/route';
import { requestValidator } from './http/validate-request';
import { BUSY_RETRY_AFTER_S } from './limits';
import { DOCS_STYLE_SOURCE } from './openapi/docs-page';

/** The Express application of the routes. */
export function createApp(context: GatewayContext, routes: readonly Route[]): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple');
  app.use(observe(context), securityHeaders(), authenticate(context));
  const limiters = {
    none: limitRequests('unlimited', 0),
    reads: limitRequests('reads', context.config.rateLimits.readsPerMinute),
    writes: limitRequests('writes', context.config.rateLimits.writesPerMinute),
  };
  for (const route of routes) {
    app[route.method](
      expressPath(route.path),
      nameRoute(route),
      limiters[route.limit],
      answer(context, route),
    );
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    app.all(expressPath(path), refuseMethod(routes.filter((route) => route.path === path)));
  }
  app.use((_request, _response, next) => {
    next(new RegistryError('NOT_FOUND', 'Nothing is at this address; see /docs.'));
  });
  app.use(answerProblem(context));
  return app;
}

/** `{name}` of OpenAPI is `:name` of Express. */
export function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

/** Names the request, and counts and logs it when it is answered. */
function observe({ metrics, logger }: GatewayContext): RequestHandler {
  return (request, response, next) => {
    const locals = localsOf(response);
    const requestId = randomUUID();
    locals.requestId = requestId;
    response.set('X-Request-Id', requestId);
    const started = performance.now();
    response.once('close', () => {
      const milliseconds = performance.now() - started;
      const labels = {
        method: request.method,
        route: locals.route ?? 'none',
        status: String(response.statusCode),
      };
      metrics.requests.observe(labels, milliseconds / 1_000);
      logger.debug({ request_id: requestId, ...labels, ms: Math.round(milliseconds) }, 'Answered');
    });
    next();
  };
}

function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: [DOCS_STYLE_SOURCE],
        baseUri: ["'none'"],
        formAction: ["'none'"],
      },
    },
  });
}

/** A failed authentication is answered by the route, after the limit has counted it. */
function authenticate({ certificates, tokens }: GatewayContext): RequestHandler {
  return async (request, response, next) => {
    const locals = localsOf(response);
    try {
      locals.caller =
        (await tokens.authenticate(request)) ?? (await certificates.authenticate(request)) ?? ANONYMOUS;
    } catch (error) {
      locals.refusal = error instanceof Error ? error : new Error('authentication failed', { cause: error });
    }
    next();
  };
}

function nameRoute(route: Route): RequestHandler {
  return (_request, response, next) => {
    localsOf(response).route = route.path;
    next();
  };
}

function answer(context: GatewayContext, route: Route): RequestHandler {
  const validate = requestValidator(route);
  const { publicReads, organization, network } = context.config;
  const regulators = network.entry.organizations
    .filter(({ role }) => role === 'regulator')
    .map(({ msp_id }) => msp_id);
  const rules = { publicReads, mspId: organization.msp_id, regulators };
  return async (request, response) => {
    const { refusal } = localsOf(response);
    if (refusal !== undefined) throw refusal;
    const caller = callerOf(response);
    assertAccess(caller, route.access, rules);
    const parts = await validate(request);
    const header = (name: string): string | undefined => request.get(name);
    const valid: ValidRequest = {
      ...parts,
      caller,
      header,
      // Made on demand: most requests don't wait.
      gone: () => goneSignal(response),
    };
    await route.handle(valid, response);
  };
}

function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    gone.abort();
  });
  return gone.signal;
}

function refuseMethod(routes: readonly Route[]): RequestHandler {
  const allowed = routes.map((route) => route.method.toUpperCase());
  return (_request, response, next) => {
    response.set('Allow', allowed.join(', '));
    next(new RegistryError('METHOD_NOT_ALLOWED', `This address takes ${allowed.join(', ')}.`));
  };
}

function answerProblem({ logger }: GatewayContext): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const { requestId, route } = localsOf(response);
    const problem = problemOfUnknown(error, requestId);
    const labels = { request_id: requestId, route, code: problem.code };
    if (problem.code === 'INTERNAL') logger.error({ err: error, ...labels }, 'A request failed');
    // Whoever may ask could fill the log while a part is away; the metrics count these and the part itself is logged.
    else if (problem.status >= 500) logger.debug(labels, 'A request could not be answered now');
    // The rest of a body that is too large is not waited for.
    if (problem.code === 'TOO_LARGE') response.set('Connection', 'close');
    if (problem.status === 503) response.set('Retry-After', String(BUSY_RETRY_AFTER_S));
    if (problem.code === 'UNAUTHENTICATED') response.set('WWW-Authenticate', 'Bearer');
    response.status(problem.status).set('Content-Type', PROBLEM_MEDIA_TYPE).send(JSON.stringify(problem));
  };
}
