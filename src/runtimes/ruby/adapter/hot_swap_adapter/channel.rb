# frozen_string_literal: true

module HotSwapAdapter
  # The connection to the supervisor, and the side doors: one thread.
  class Channel
    BACKLOG = 4096
    LONGEST_PREFACE = 4096
    private_constant :BACKLOG, :LONGEST_PREFACE

    def initialize(participant)
      @participant = participant
      @invitation = participant.invitation
      @mutex = Mutex.new
      @doors = {}
      @knocking = {}
      @rest = +''
      @control = UNIXSocket.new(@invitation['control'])
      @bell, @button = UNIXSocket.pair
      say({ type: 'hello', v: Participant::VERSION, token: @invitation['token'], pid: Process.pid,
            runtime: "ruby v#{RUBY_VERSION}" })
      Thread.new { run }
    end

    def say(message)
      @mutex.synchronize { @control.write("#{JSON.generate(message)}\n") }
    rescue SystemCallError, IOError
      nil # the end is read by the thread
    end

    # In the framing of Node's `subprocess.send(message, handle)`: protocol/README.md.
    def send_handle(listener)
      said = { cmd: 'NODE_HANDLE', type: 'net.Native', msg: { key: listener.key, token: @invitation['token'] } }
      way = UNIXSocket.for_fd(@participant.copy_of(@invitation['handles']))
      way.sendmsg("#{JSON.generate(said)}\n", 0, nil, Socket::AncillaryData.unix_rights(listener.real))
    ensure
      way&.close
    end

    # Returns its path.
    def open_door(listener)
      path = File.join(@invitation['doors'], "g#{@invitation['generation']}-#{Process.pid}-#{@doors.size}")
      door = UNIXServer.new(path)
      door.listen(BACKLOG)
      @doors[door] = listener
      wake
      path
    end

    def wake
      @button.write_nonblock('.', exception: false)
    end

    private

    def run
      loop do
        waited = [@control, @bell, *@doors.keys, *@knocking.keys]
        ready, = IO.select(waited, nil, nil, @participant.draining? ? 0.1 : 1)
        (ready || []).each { |io| look(io) }
        @participant.tick
      end
    rescue IOError, SystemCallError
      @participant.leave
    end

    def look(io)
      if io.equal?(@control) then listen
      elsif io.equal?(@bell) then @bell.read_nonblock(4096, exception: false)
      elsif @doors.key?(io) then open(io)
      else greet(io)
      end
    end

    # Raises at the end: the supervisor has gone.
    def listen
      @rest << @control.readpartial(65_536)
      *lines, @rest = @rest.split("\n", -1)
      lines.each do |line|
        message = JSON.parse(line)
        @participant.obey(message) if message.is_a?(Hash)
      rescue StandardError => e # the server itself goes on
        say({ type: 'trouble', message: "#{e.class}: #{e.message}" })
      end
    end

    def open(door)
      visitor = door.accept_nonblock(exception: false)
      @knocking[visitor] = @doors[door] unless visitor == :wait_readable
    end

    def greet(visitor)
      seen = visitor.recv_nonblock(LONGEST_PREFACE, Socket::MSG_PEEK, exception: false)
      return if seen == :wait_readable

      ending = seen&.index("\n")
      return if ending.nil? && !seen.to_s.empty? && seen.bytesize < LONGEST_PREFACE

      listener = @knocking.delete(visitor)
      said = ending && JSON.parse(visitor.recv(ending + 1))
      said.is_a?(Hash) ? admit(listener, visitor, said) : visitor.close
    rescue JSON::ParserError, SystemCallError, IOError
      @knocking.delete(visitor)
      visitor.close # who hangs up, or speaks something else
    end

    def admit(listener, visitor, said)
      peer = [said['remoteAddress'] || '127.0.0.1', said['remotePort'] || 0]
      local = [said['localAddress'] || listener.address.ip_address, said['localPort'] || listener.address.ip_port]
      listener.visit(visitor, peer, local)
    end
  end
end
