# frozen_string_literal: true

require 'socket'
require_relative 'framing'

module HotSwapAdapter
  # An accepted connection: where requests begin on it, and where their answers end, by what the app reads and writes.
  class Connection < TCPSocket
    # `peer` and `local`: [host, port], of one that came through the side door.
    def begin_following(traffic, key, peer, local)
      @traffic = traffic
      @key = key
      @peer = peer
      @local = local
      @requests = Framing.new
      @answers = Framing.new { @requests.head[/\A\S+/] }
      @taken = @busy = false
      traffic.add(self)
      self
    end

    attr_reader :key, :answers

    def busy?
      @busy
    end

    { gets: nil, read: nil, getc: nil, getbyte: nil, readline: EOFError, readpartial: EOFError, sysread: EOFError,
      readbyte: EOFError, readchar: EOFError }.each do |name, error|
      define_method(name) do |*args, **options|
        if at_end?(waits: true)
          raise error, 'end of file reached' if error

          next name == :read && args.first.nil? ? +'' : nil
        end
        followed(super(*args, **options))
      end
    end

    def read_nonblock(length, buffer = nil, exception: true)
      if at_end?(waits: false)
        raise EOFError, 'end of file reached' if exception

        return nil
      end
      followed(buffer.nil? ? super(length, exception: exception) : super(length, buffer, exception: exception))
    end

    def eof?
      at_end?(waits: true) || super
    end
    alias eof eof?

    def write(*texts)
      return texts.sum { |text| text.to_s.bytesize } if @taken

      sent(texts.join, super)
    end

    %i[write_nonblock syswrite].each do |name|
      define_method(name) do |text, **options|
        @taken ? text.bytesize : sent(text, super(text, **options))
      end
    end

    # Beside `write`, by IO.copy_stream.
    def copied(count)
      @answers.advance(count)
      settle
    end

    def shutdown(*how)
      @taken ? 0 : super
    end

    def close_write
      super unless @taken
    end

    def close
      @traffic&.remove(self)
      super
    end

    # It ends while its answer is none that ends by itself.
    def end_stream
      @traffic.remove(self)
      frame = @answers.upgraded? ? "\x88\x02\x03\xF4".b : nil # 1012, "service restart": RFC 6455, section 5.5.1
      frame ||= "0\r\n\r\n" if @answers.chunked?
      method(:syswrite).super_method.call(frame) if frame
      method(:shutdown).super_method.call
    rescue SystemCallError, IOError
      nil # its client is gone
    end

    def peeraddr(*)
      @peer.nil? ? super : [family_name, @peer[1], @peer[0], @peer[0]]
    end

    def addr(*)
      @local.nil? ? super : [family_name, @local[1], @local[0], @local[0]]
    end

    def remote_address
      @peer.nil? ? super : Addrinfo.tcp(*@peer)
    end

    def local_address
      @local.nil? ? super : Addrinfo.tcp(*@local)
    end

    def setsockopt(*)
      @peer.nil? ? super : 0 # there are no options of TCP
    end

    # What a successor is told of who asks.
    def preface
      _, port, _, host = peeraddr(false)
      _, local_port, _, local_host = addr(false)
      { remoteAddress: host, remotePort: port, localAddress: local_host, localPort: local_port }
    rescue SystemCallError
      {}
    end

    private

    def family_name
      @peer[0].include?(':') ? 'AF_INET6' : 'AF_INET'
    end

    # Whether this is the end for the app: a request that begins now is somebody else's to answer.
    def at_end?(waits:)
      return true if @taken
      return false unless @requests&.rest? && @answers.rest?

      wait_readable if waits && !begun?
      return false unless @traffic.takes? && begun?

      @taken = true
      @traffic.take(self, dup_plain)
      true
    end

    def begun?
      seen = recv_nonblock(1, Socket::MSG_PEEK, exception: false)
      seen.is_a?(String) && !seen.empty?
    rescue IOError, SystemCallError
      false # it is in a buffer already, or over
    end

    def dup_plain
      copy = dup
      copy.autoclose = false
      Socket.for_fd(copy.fileno)
    end

    def followed(data)
      return data unless data.is_a?(String) && @requests

      @busy = true unless data.empty?
      @requests.feed(data)
      data
    end

    def sent(text, count)
      return count unless count.is_a?(Integer) && @answers

      @answers.feed(text.b.byteslice(0, count))
      settle
      count
    end

    def settle
      @requests.upgrade if @answers.upgraded?
      return unless @busy && @answers.rest? && @requests.rest?

      @busy = false
      @traffic.answered
    end

    # What is written to it without its being asked.
    module Copies
      def copy_stream(from, to, *args)
        count = super
        to.copied(count) if to.is_a?(Connection)
        count
      end
    end
    IO.singleton_class.prepend(Copies)
  end
end
