# frozen_string_literal: true

require_relative 'participant'

module HotSwapAdapter
  # The methods by which a server meets its port.
  module Sockets
    @bound = {}
    @listeners = {}

    class << self
      def participant
        @participant ||= Participant.from_environment
      end

      def listener(io)
        @listeners.empty? ? nil : @listeners[io.fileno]
      rescue IOError
        nil # it is closed
      end

      def key(host, port)
        name = "tcp:#{host.nil? || host.to_s.empty? ? '*' : host}:#{port}"
        return name unless port.to_i.zero?

        taken = @listeners.values.map(&:key) + @bound.values
        (1..).lazy.map { |nth| nth == 1 ? name : "#{name}##{nth}" }.find { |one| !taken.include?(one) }
      end

      # Returns the inherited descriptor, if there is one.
      def bind(io, key)
        inherited = participant&.inherited(key)
        Readiness.put(inherited, io.fileno) if inherited
        @bound[io.fileno] = key
        inherited
      end

      # `io` listens, or is inherited.
      def listens(io)
        key = @bound.delete(io.fileno)
        return if key.nil? || participant.nil?

        adopted = participant.taken_up(key)
        listener = Listener.new(key, io, adopted, participant.traffic)
        @listeners[io.fileno] = listener
        listener.stand_in(io.fileno)
        participant.announce(listener)
      end

      def closes(io)
        return if io.closed? || !io.autoclose?

        @bound.delete(io.fileno)
        listener = @listeners.delete(io.fileno)
        participant.closed(listener) if listener && Process.pid == participant.pid
      end

      # No socket object can be made of what stands in for one.
      def as_socket(descriptor)
        listener = @listeners[descriptor]
        return yield if listener.nil?

        begin
          Readiness.put(listener.real.fileno, descriptor)
          yield
        ensure
          listener.stand_in(descriptor)
        end
      end
    end

    # Of a class of sockets.
    module Making
      def for_fd(descriptor)
        Sockets.as_socket(descriptor) { super }
      end
    end

    # As Making, and of those that listen when they are made.
    module MakingServers
      def new(*args)
        host, port = args.size > 1 ? args : [nil, args.first]
        key = Sockets.key(host, port)
        inherited = Sockets.participant&.inherited(key)
        server = inherited ? for_fd(Sockets.participant.copy_of(inherited)) : super
        Sockets.bind(server, key)
        Sockets.listens(server)
        server
      end

      def open(*args)
        server = new(*args)
        return server unless block_given?

        begin
          yield server
        ensure
          server.close
        end
      end
    end

    # Of a socket that may listen.
    module Asking
      def bind(address)
        info = address.is_a?(Addrinfo) ? address : Addrinfo.new(address)
        return super unless info.ip? && local_address.socktype == ::Socket::SOCK_STREAM

        Sockets.bind(self, Sockets.key(info.ip_address, info.ip_port)) ? 0 : super
      end

      def listen(*)
        return 0 if Sockets.listener(self)

        done = super
        Sockets.listens(self)
        done
      end

      def accept_nonblock(exception: true)
        listener = Sockets.listener(self)
        return super if listener.nil?

        found = listener.accept_nonblock
        raise IO::EAGAINWaitReadable, 'accept(2) would block' if found == :wait_readable && exception

        pair(found)
      end

      def accept
        listener = Sockets.listener(self)
        return super if listener.nil?

        loop do
          found = listener.accept_nonblock
          return pair(found) unless found == :wait_readable

          listener.wait
        end
      end

      def close
        Sockets.closes(self)
        super
      end

      %i[addr local_address connect_address getsockname getsockopt setsockopt].each do |name|
        define_method(name) do |*args|
          listener = Sockets.listener(self)
          listener.nil? ? super(*args) : listener.real.public_send(name, *args)
        end
      end

      private

      # As this class answers.
      def pair(found)
        is_a?(TCPServer) || found == :wait_readable ? found : [found, found.remote_address]
      end
    end

    ::TCPServer.singleton_class.prepend(MakingServers)
    ::BasicSocket.singleton_class.prepend(Making)
    ::TCPServer.prepend(Asking)
    ::Socket.prepend(Asking)
  end
end
