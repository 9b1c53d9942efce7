/** Which modules are known to do nothing but to make what they export: runtimes/node/preload/rest. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { needsOf } from '../../src/runtimes/node/preload/rest/statements.ts';

/** As TypeScript writes it. */
const decorate = (list: string, before = ''): string => `
var __decorate = (this && this.__decorate) || function (decorators, target) { return target; };
var __metadata = (this && this.__metadata) || function (key, value) {};
var __param = (this && this.__param) || function (index, decorator) {};
const common_1 = require('@nestjs/common');
const own_1 = require('./own');
${before}
let Service = class Service { get() { return 1; } };
exports.Service = Service;
exports.Service = Service = __decorate([${list}], Service);`;

function waitsFor(code: string): string | undefined {
  const needs = needsOf(code);
  return typeof needs === 'string' ? needs : undefined;
}

describe('a class that is decorated', () => {
  const believed: Readonly<Record<string, string>> = {
    'what only defines metadata': decorate(`(0, common_1.Injectable)()`),
    'several of these, and of its parameters': decorate(
      `(0, common_1.Controller)('x'), __param(0, (0, common_1.Inject)('y')), __metadata('design:type', Object)`,
    ),
    nothing: decorate(''),
    'a function of its own that does nothing': decorate(
      'mark',
      'function mark(target) { const known = new Map(); }',
    ),
  };
  for (const [what, code] of Object.entries(believed))
    it(`may be evaluated ahead: by ${what}`, () => assert.equal(waitsFor(code), undefined));

  const unknown: Readonly<Record<string, string>> = {
    'what another module of the app made of a call': decorate(`(0, own_1.register)('x')`),
    'a function of another module': decorate('own_1.register'),
    'one of a package that nobody knows': decorate('common_1.Something'),
    'a factory itself, which would be called with the class': decorate('common_1.Injectable'),
    'one of several': decorate(`(0, common_1.Injectable)(), own_1.register`),
    'one of a parameter': decorate(`__param(0, own_1.register)`),
    'a list of others': decorate('...own_1.all'),
    'what stands for another module': decorate('register', 'const { register } = own_1;'),
    'a function of its own that does something': decorate(
      'mark',
      'function mark(target) { own_1.all.push(target); }',
    ),
    'one of two, whichever': decorate(`own_1.flag ? (0, common_1.Injectable)() : own_1.register`),
  };
  for (const [what, code] of Object.entries(unknown))
    it(`waits for its turn: by ${what}`, () => assert.notEqual(waitsFor(code), undefined));
});
