# frozen_string_literal: true

module HotSwapAdapter
  # A descriptor that is readable when those in it are (epoll(7)), and that can be put in place of a listening socket:
  # `IO.select` and every event loop wait for it as they would for that. What is not in it wakes nobody.
  class Readiness
    # epoll_create1, epoll_ctl, dup3, and how a `struct epoll_event` lies in memory.
    CALLS = RUBY_PLATFORM.start_with?('x86_64') ? [291, 233, 292, 'LQ'] : [20, 21, 24, 'Lx4Q']
    CLOEXEC = 0o2000000
    private_constant :CALLS, :CLOEXEC

    def self.call(*args)
      verbose, $VERBOSE = $VERBOSE, nil
      syscall(*args)
    ensure
      $VERBOSE = verbose
    end

    # From here on, `target` is another name of `descriptor`.
    def self.put(descriptor, target)
      call(CALLS[2], descriptor, target, CLOEXEC)
    end

    attr_reader :fileno

    def initialize
      @fileno = Readiness.call(CALLS[0], CLOEXEC)
    end

    def add(descriptor)
      control(1, descriptor)
    end

    def remove(descriptor)
      control(2, descriptor)
    rescue Errno::ENOENT, Errno::EBADF
      nil # it was not in it
    end

    private

    def control(what, descriptor)
      event = [1, descriptor].pack(CALLS[3]) # EPOLLIN
      # By its address: a string with zeros in it is refused.
      Readiness.call(CALLS[1], @fileno, what, descriptor, [event].pack('P').unpack1('J'))
    end
  end
end
