/** Servers of Ruby's as their tutorials write them, that answer `/` with the version. */
import { ruby } from '../tools/ruby.mts';
import type { RubyPackage } from '../tools/ruby.mts';
import type { ServerApp } from './python-swaps.ts';

export interface RubyApp extends ServerApp {
  readonly needs: readonly RubyPackage[];
}

/** A file of the app's own, that the main one loads. */
const version = (text: string): Record<string, string> => ({ 'version.rb': `VERSION_TEXT = '${text}'\n` });

export const webrick: RubyApp = {
  name: 'WEBrick',
  needs: ['webrick'],
  files: (text) => ({
    ...version(text),
    'server.rb': `
require 'webrick'
require_relative 'version'

server = WEBrick::HTTPServer.new(Port: Integer(ENV.fetch('PORT')), BindAddress: '127.0.0.1')
server.mount_proc('/') { |_request, response| response.body = VERSION_TEXT }
trap('TERM') { server.shutdown }
server.start
`,
  }),
  command: [ruby, 'server.rb'],
};

export const rubyApps: readonly RubyApp[] = [
  webrick,
  {
    name: 'Rack on Puma',
    needs: ['puma'],
    files: (text) => ({
      ...version(text),
      'config.ru': `
require_relative 'version'

run ->(_env) { [200, { 'Content-Type' => 'text/plain' }, [VERSION_TEXT]] }
`,
    }),
    command: ['sh', '-c', 'exec puma -b tcp://127.0.0.1:$PORT config.ru'],
  },
  {
    name: 'Sinatra on Puma',
    needs: ['puma', 'sinatra'],
    files: (text) => ({
      'app.rb': `
require 'sinatra'

set :port, ENV.fetch('PORT')
set :bind, '127.0.0.1'

get('/') { '${text}' }
`,
    }),
    command: [ruby, 'app.rb'],
  },
];
