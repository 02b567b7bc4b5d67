export { IssuedCertificates, witnessing } from './issued-certificates';
export { type OcspResponder } from './ocsp-responder';
export { ocspRoutes } from './ocsp-routes';
export { openOcsp } from './open-ocsp';
