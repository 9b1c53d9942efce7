# frozen_string_literal: true

require_relative 'connection'

module HotSwapAdapter
  # What becomes of requests: served, held, passed on to whoever answers them.
  class Traffic
    # `hear`: called with `held` or `changed`.
    def initialize(&hear)
      @hear = hear
      @mutex = Mutex.new
      @decided = ConditionVariable.new
      @mode = :serve
      @doors = {}
      @own_doors = {}
      @connections = {}
      @held = @passing = @finished = 0
    end

    attr_reader :own_doors, :held, :passing, :finished

    # From here on. `doors`: of a successor, by listener.
    def become(mode, doors = {})
      @mutex.synchronize do
        @mode = mode
        @doors = doors
        @decided.broadcast
      end
    end

    # Whether a request that begins now is not for the app to read.
    def takes?
      @mode != :serve
    end

    # In a child process, which has its own.
    def forget
      @connections = {}
      @mode = :serve
    end

    def add(connection)
      @mutex.synchronize { @connections[connection] = true }
    end

    def remove(connection)
      @mutex.synchronize { @connections.delete(connection) }
      @hear.call('changed')
    end

    # A request was answered by the app.
    def answered
      @finished += 1
      @hear.call('changed')
    end

    def connections
      @mutex.synchronize { @connections.keys }
    end

    # `socket` is the connection's; the app sees the end of the stream. Its answer is the last there.
    def take(connection, socket)
      preface = connection.preface
      key = connection.key
      remove(connection)
      @passing += 1
      Thread.new do
        Thread.current.report_on_exception = false
        pass(socket, key, preface)
      ensure
        socket.close
        @passing -= 1
        @hear.call('changed')
      end
    end

    private

    def pass(socket, key, preface)
      head, body = read_head(socket)
      door = UNIXSocket.new(door_for(key))
      door.write("#{JSON.generate(preface)}\n", as_last(head), "\r\n\r\n", body)
      sends = Thread.new { IO.copy_stream(socket, door) rescue nil } # rubocop:disable Style/RescueModifier
      IO.copy_stream(door, socket)
    rescue SystemCallError, IOError
      nil # one of the two is gone
    ensure
      sends&.kill
      door&.close
    end

    def read_head(socket)
      text = +''.b
      text << socket.readpartial(65_536) until text.include?("\r\n\r\n")
      head, _, body = text.partition("\r\n\r\n")
      [head, body]
    end

    # Upgraded ones have no next request.
    def as_last(head)
      return head if head.match?(/^upgrade:/i)

      "#{head.gsub(/\r\n(?:connection|keep-alive):[^\r\n]*/i, '')}\r\nConnection: close"
    end

    # Waits for as long as requests do.
    def door_for(key)
      @mutex.synchronize do
        if @mode == :hold
          @held += 1
          @hear.call('held')
          @decided.wait(@mutex) while @mode == :hold
          @held -= 1
          @hear.call('held')
        end
        @doors[key] || @own_doors[key]
      end
    end
  end
end
