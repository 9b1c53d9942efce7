/** What the apps need that this project itself has no use for. */
import { npmPackages } from '../../tools/npm-packages.mts';

/** Path of a `node_modules` with them. */
export function packages(): Promise<string> {
  return npmPackages('equivalence', [
    'koa@3',
    '@koa/router@15',
    '@hapi/hapi@21',
    'polka@0.5',
    'socket.io@4',
    '@nestjs/core@11',
    '@nestjs/common@11',
    '@nestjs/platform-express@11',
    'reflect-metadata@0.2',
    'rxjs@7',
    'pino-http@10',
    'config@4',
    'require-in-the-middle@8',
    '@opentelemetry/api@1',
    '@opentelemetry/instrumentation-http@0',
    '@opentelemetry/instrumentation@0',
    '@opentelemetry/sdk-trace-node@2',
    'ts-node@10',
    'source-map-support@0.5',
    'graceful-fs@4',
    'module-alias@2',
  ]);
}
