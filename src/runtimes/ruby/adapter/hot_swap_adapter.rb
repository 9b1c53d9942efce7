# frozen_string_literal: true

# In every Ruby process below a server's command, by RUBYOPT: see ../README.md. No gem and no library is loaded here: which
# version of them the app has, Bundler decides later.
if ENV.key?('HOT_SWAP') && RUBY_PLATFORM.include?('linux') && !defined?(HotSwapAdapter)
  require_relative 'hot_swap_adapter/files'
  HotSwapAdapter::Files.observe(ENV.fetch('HOT_SWAP'))

  # `socket` is there: its classes are replaced before anybody has used them.
  found = TracePoint.new(:class) do |trace|
    if defined?(::TCPServer)
      trace.disable if trace.respond_to?(:disable)
      found.disable
      require_relative 'hot_swap_adapter/sockets'
    end
  end
  found.enable
end
