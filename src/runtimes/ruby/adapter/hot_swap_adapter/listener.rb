# frozen_string_literal: true

require_relative 'readiness'
require_relative 'connection'

module HotSwapAdapter
  # A listening socket of the app. What the app has is a stand-in (readiness.rb); the socket itself is kept here.
  class Listener
    attr_reader :key, :real, :adopted, :address

    # `io` listens.
    def initialize(key, io, adopted, traffic)
      @key = key
      @adopted = adopted
      @traffic = traffic
      copy = io.dup
      copy.autoclose = false
      @real = TCPServer.for_fd(copy.fileno)
      @address = @real.local_address
      @pid = Process.pid
      @accepts = false
      @visitors = Queue.new
      @bell, @button = UNIXSocket.pair
      @readiness = Readiness.new
      @readiness.add(@bell.fileno)
    end

    def stand_in(descriptor)
      Readiness.put(@readiness.fileno, descriptor)
    end

    def open
      return if @accepts

      @accepts = true
      @readiness.add(@real.fileno)
    end

    # Who comes from now on waits in the kernel's queue for the next process that accepts.
    def shut
      return unless @accepts

      @accepts = false
      @readiness.remove(@real.fileno)
    end

    # Somebody has come through the side door, for `peer`.
    def visit(socket, peer, local)
      @visitors << [socket, peer, local]
      @button.write_nonblock('.', exception: false)
    end

    def wait
      IO.select([@waiting ||= IO.for_fd(@readiness.fileno, autoclose: false)])
    end

    # :wait_readable if there is nobody.
    def accept_nonblock
      @bell.read_nonblock(1, exception: false)
      socket, peer, local = @visitors.pop(true) unless @visitors.empty?
      return visitor(socket, peer, local) if socket
      # In a forked child the gate is what is in the common queue.
      return :wait_readable unless @accepts || Process.pid != @pid

      accepted = @real.accept_nonblock(exception: false)
      accepted == :wait_readable ? accepted : follow(accepted, nil, nil)
    rescue Errno::ECONNABORTED
      :wait_readable
    end

    def close
      @real.close
      [@bell, @button].each(&:close)
    end

    private

    def visitor(socket, peer, local)
      follow(socket, peer, local)
    end

    def follow(socket, peer, local)
      socket.autoclose = false
      Connection.for_fd(socket.fileno).begin_following(@traffic, @key, peer, local)
    end
  end
end
