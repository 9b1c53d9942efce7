# frozen_string_literal: true

module HotSwapAdapter
  # Where messages of HTTP/1 begin and end in what is read or written: RFC 9112, sections 6 and 7.
  class Framing
    attr_reader :head

    # `answers_to`: tells the method of the request that is answered; nil: these are requests.
    def initialize(&answers_to)
      @answers_to = answers_to
      rest
    end

    def rest?
      @state == :rest
    end

    # Until the connection ends: an upgraded one, or an answer without a length.
    def endless?
      @state == :endless
    end

    def chunked?
      @state == :chunked
    end

    def upgraded?
      @state == :endless && (@answers_to.nil? || @head.match?(%r{\AHTTP/1\.1 101}))
    end

    def event_stream?
      !rest? && @head.match?(%r{^content-type: *text/event-stream}i)
    end

    def feed(data)
      data = data.b
      until data.empty?
        case @state
        when :rest, :head then data = read_head(data)
        when :body then data = skip(data)
        when :chunked then data = read_chunks(data)
        else return
        end
      end
    end

    # So many bytes of a body that nobody has seen.
    def advance(count)
      return unless @state == :body

      @left -= count
      rest if @left <= 0
    end

    def upgrade
      @state = :endless
    end

    private

    def rest
      @state = :rest
      @buffer = +''.b
    end

    def read_head(data)
      @state = :head
      @buffer << data
      @buffer.sub!(/\A(?:\r?\n)+/, '')
      ending = @buffer.match(/\r?\n\r?\n/)
      return ''.b if ending.nil?

      left = ending.post_match
      @head = ending.pre_match
      @buffer = +''.b
      begin_body
      left
    end

    def begin_body
      if @answers_to && @head.match?(%r{\AHTTP/1\.\d 1(?!01)}) then rest # an interim one
      elsif @answers_to && @head.match?(%r{\AHTTP/1\.\d 101}) then @state = :endless
      elsif @answers_to && (@answers_to.call == 'HEAD' || @head.match?(%r{\AHTTP/1\.\d (?:204|304)})) then rest
      elsif @head.match?(/^transfer-encoding:.*chunked/i) then begin_chunks
      elsif (length = @head[/^content-length: *(\d+)/i, 1])
        @left = length.to_i
        @left.zero? ? rest : @state = :body
      else
        @answers_to ? @state = :endless : rest
      end
    end

    def skip(data)
      count = [@left, data.bytesize].min
      @left -= count
      rest if @left.zero?
      data.byteslice(count..)
    end

    def begin_chunks
      @state = :chunked
      @left = 0
      @is_last = false
    end

    def read_chunks(data)
      if @left.positive?
        count = [@left, data.bytesize].min
        @left -= count
        return data.byteslice(count..)
      end
      @buffer << data
      line = @buffer.match(/\A(.*?)\r?\n/n)
      return ''.b if line.nil?

      @buffer = +''.b
      left = line.post_match
      if @is_last then rest if line[1].empty? # after the trailers
      elsif (size = line[1][/\A\h+/]).nil? then nil # what ends a chunk
      elsif size.hex.zero? then @is_last = true
      else @left = size.hex + 2 # with its end
      end
      left
    end
  end
end
