/** Ruby's servers, as their tutorials write them. */
import { lacksRuby, ruby } from '../../../tools/ruby.mts';
import type { RubyPackage } from '../../../tools/ruby.mts';
import { both, type Stack } from '../stack.mts';

type Row = Omit<Stack, 'lacks' | 'version'> & { readonly needs: readonly RubyPackage[] };

const row = ({ needs, ...rest }: Row): Stack => ({
  ...rest,
  lacks: () => lacksRuby(...needs),
  version: [ruby, '-e', `puts Gem::Specification.find { |gem| gem.name == '${needs[0] ?? ''}' }.version`],
});

const version = (save: number): Record<string, string> => ({
  'version.rb': `VERSION_TEXT = 'save-${save}'\n`,
});
const breaks = '\ndef broken(\n';

/** What a Rack body is: something with `each`. */
const pieces = `
class Pieces
  def initialize(all)
    @all = all
  end

  def each
    @all.each do |piece|
      yield piece
      sleep 0.1
    end
  end
end
`;

export const rubyStacks: readonly Stack[] = [
  row({
    name: 'webrick',
    title: 'WEBrick',
    needs: ['webrick'],
    files: (save) => ({
      ...version(save),
      'server.rb': `require 'webrick'
require_relative 'version'

server = WEBrick::HTTPServer.new(Port: Integer(ENV.fetch('PORT')), BindAddress: '127.0.0.1')
server.mount_proc('/') { |_request, response| response.body = VERSION_TEXT }

def stream(response, kind, pieces)
  response['Content-Type'] = kind
  response.chunked = true
  response.body = proc do |out|
    pieces.each do |piece|
      out << piece
      sleep 0.1
    end
  end
end

server.mount_proc('/slow') { |_request, response| stream(response, 'text/plain', ['.'] * 19 + ['end']) }
server.mount_proc('/events') { |_request, response| stream(response, 'text/event-stream', ["data: tick\\n\\n"] * 3000) }
trap('TERM') { server.shutdown }
server.start
`,
    }),
    edited: 'version.rb',
    command: `${ruby} server.rb`,
    streams: both,
    breaks,
  }),
  row({
    name: 'puma',
    title: 'Rack on Puma',
    needs: ['puma'],
    files: (save) => ({
      ...version(save),
      'config.ru': `require_relative 'version'
${pieces}
run(lambda do |env|
  case env['PATH_INFO']
  when '/slow' then [200, { 'Content-Type' => 'text/plain' }, Pieces.new(['.'] * 19 + ['end'])]
  when '/events' then [200, { 'Content-Type' => 'text/event-stream' }, Pieces.new(["data: tick\\n\\n"] * 3000)]
  else [200, { 'Content-Type' => 'text/plain' }, [VERSION_TEXT]]
  end
end)
`,
    }),
    edited: 'version.rb',
    command: 'puma -t 0:16 -b tcp://127.0.0.1:{port} config.ru',
    streams: both,
    breaks,
  }),
  row({
    name: 'sinatra',
    title: 'Sinatra on Puma',
    needs: ['sinatra', 'puma'],
    files: (save) => ({
      'app.rb': `require 'sinatra'

set :port, ENV.fetch('PORT')
set :bind, '127.0.0.1'
set :server_settings, Threads: '0:16'

get('/') { 'save-${save}' }

def pieces(all)
  stream do |out|
    all.each do |piece|
      out << piece
      sleep 0.1
    end
  end
end

get('/slow') { pieces(['.'] * 19 + ['end']) }

get '/events' do
  content_type 'text/event-stream'
  pieces(["data: tick\\n\\n"] * 3000)
end
`,
    }),
    edited: 'app.rb',
    command: `${ruby} app.rb`,
    streams: both,
    breaks,
  }),
];
