/** What may be called while a module is evaluated, since it changes nothing but what it is given, and keeps nothing. */

/** Of the language. What these are given is looked at by their rule, in calls.ts, or has to be primitive. */
export const globals: ReadonlySet<string> = new Set(
  (
    'Object Array Map Set WeakMap WeakSet WeakRef Symbol String Number Boolean BigInt Math JSON RegExp Promise Error ' +
    'TypeError RangeError SyntaxError URIError EvalError Function Buffer URL Intl ArrayBuffer Uint8Array undefined NaN Infinity'
  ).split(' '),
);

/** Given primitives, they give one. */
export const ofPrimitives =
  /^(?:String|Number|Boolean|BigInt|Symbol|parseInt|parseFloat|isNaN|encodeURIComponent|String\.(?:fromCharCode|raw)|Number\.(?:is\w+|parse\w+)|Math\.(?!random)\w+|JSON\.parse|Symbol\.for|Array\.isArray|Object\.is)$/;

/** With `new`, given what the module has made itself. */
export const constructors: ReadonlySet<string> = new Set('Map Set WeakMap WeakSet Array Object'.split(' '));

/** Methods of primitives, of arrays, and of maps and sets, given primitives or what the module has made itself. */
export const methods: Readonly<Record<'plain' | 'array' | 'collection', ReadonlySet<string>>> = {
  plain: new Set(
    (
      'at charAt charCodeAt concat endsWith includes indexOf lastIndexOf padEnd padStart repeat replace replaceAll slice split ' +
      'startsWith substring toFixed toLowerCase toString toUpperCase trim trimEnd trimStart'
    ).split(' '),
  ),
  array: new Set(
    'at every filter flatMap forEach includes indexOf map push reverse slice some unshift'.split(' '),
  ),
  collection: new Set('add delete get has set'.split(' ')),
};

/** They call what they are given for each. */
export const callers: ReadonlySet<string> = new Set('every filter flatMap forEach map some'.split(' '));

/** Of Node's modules and of packages, by name: the functions that may be called with primitives. */
export const functions: Readonly<Record<string, RegExp>> = {
  path: /^(?:posix\.|win32\.)?(?:join|dirname|basename|extname|normalize|isAbsolute)$/,
  util: /^promisify$/,
};

/** Those that may be made with `new`. */
export const classes: Readonly<Record<string, RegExp>> = { events: /^(?:EventEmitter)?$/ };

/** Factories of decorators that only define metadata of the class that they are for. */
export const decorators: Readonly<Record<string, RegExp>> = {
  '@nestjs/common':
    /^(?:All|Bind|Body|Catch|Controller|Delete|Get|Global|Head|Header|Headers|HostParam|HttpCode|Inject|Injectable|Ip|Module|Next|Optional|Options|Param|Patch|Post|Put|Query|RawBody|Redirect|Render|Req|Request|Res|Response|Search|Session|SetMetadata|Sse|UploadedFile|UploadedFiles|UseFilters|UseGuards|UseInterceptors|UsePipes|Version)$/,
};

/** What TypeScript, esbuild, swc and Babel write into a module. */
export const helpers: ReadonlySet<string> = new Set(
  (
    '__importDefault __importStar __createBinding __setModuleDefault __exportStar __decorate __metadata __param __awaiter ' +
    '__rest __export __copyProps __reExport __toESM __toCommonJS __name __publicField __defNormalProp ' +
    '_export _export_star _interop_require_default _interop_require_wildcard _getRequireWildcardCache _ts_decorate _ts_metadata ' +
    '_ts_param _define_property _interopRequireDefault _interopRequireWildcard'
  ).split(' '),
);

/** `node:path` and `path` are one. */
export function nameOf(request: string): string {
  return request.replace(/^node:/, '');
}
