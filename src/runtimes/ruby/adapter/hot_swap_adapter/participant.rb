# frozen_string_literal: true

require_relative 'listener'
require_relative 'traffic'
require_relative 'channel'

module HotSwapAdapter
  # This process as a part of its generation: what it says to the supervisor, and what it does on its word.
  class Participant
    VERSION = 1
    # What was passed on has this long (s) after its time.
    LATE = 3

    def self.from_environment
      require 'json'
      said = JSON.parse(ENV.fetch('HOT_SWAP', '{}'))
      new(said) if said['v'] == VERSION && !said['helps'] && !said['standby']
    rescue JSON::ParserError
      nil
    end

    attr_reader :invitation, :traffic, :pid

    def initialize(invitation)
      @invitation = invitation
      @unclaimed = invitation['listeners'].dup
      @traffic = Traffic.new { |what| hear(what) }
      @listeners = []
      @pid = Process.pid
      @accepting = @has_given_up = false
      @drain = nil
    end

    def inherited(key)
      @unclaimed[key]
    end

    # Whether this listener was inherited, which it is once.
    def taken_up(key)
      !@unclaimed.delete(key).nil?
    end

    def copy_of(descriptor)
      copy = IO.for_fd(descriptor, autoclose: false).dup
      copy.autoclose = false
      copy.fileno
    end

    # The app listens.
    def announce(listener)
      @listeners << listener
      if @channel.nil?
        hide
        @channel = Channel.new(self)
      end
      unless listener.adopted
        @channel.send_handle(listener)
        listener.open
      end
      door = @channel.open_door(listener)
      @traffic.own_doors[listener.key] = door
      say('listening', key: listener.key, adopted: listener.adopted, door: door, tls: false,
                       address: listener.address.ip_address, port: listener.address.ip_port)
      listener.open if listener.adopted && @accepting
    end

    def closed(listener)
      @listeners.delete(listener)
      say('closed', key: listener.key) unless @has_given_up
      listener.close
    end

    def say(type, **fields)
      @channel&.say({ type: type, **fields })
    end

    # Unknown messages are a newer supervisor's: protocol/README.md.
    def obey(message)
      name = :"on_#{message['type']}"
      send(name, message) if message['type'].is_a?(String) && respond_to?(name, true)
    end

    # Called ten times a second while it drains.
    def tick
      return if @drain.nil?

      progress = progress()
      is_over = Process.clock_gettime(Process::CLOCK_MONOTONIC) > @drain
      return unless is_over || (progress[:connections].zero? && @traffic.passing.zero?)

      @drain = nil
      say('drained', finished: @traffic.finished, eventStreams: @ended[0], webSockets: @ended[1],
                     idle: progress[:connections] - progress[:requests], lost: progress[:requests])
    end

    def draining?
      !@drain.nil?
    end

    # As after that signal. Whoever holds a listener must not outlive the supervisor.
    def leave(name = nil)
      @has_given_up = true
      Process.kill((name || 'SIGTERM').delete_prefix('SIG'), Process.pid)
    end

    private

    def on_accept(_)
      @accepting = true
      @listeners.each(&:open)
      say('accepting')
    end

    def on_hold(_)
      @traffic.become(:hold)
      say('holding')
    end

    def on_release(_)
      @traffic.become(:serve)
    end

    def on_stop(message)
      stop(:relay, message['drainMs'], message['successor'])
    end

    def on_vacate(message)
      stop(:last, message['drainMs'])
    end

    def on_relay(message)
      @traffic.become(:relay, message['successor'])
    end

    def on_resume(_)
      @has_given_up = false
      @drain = nil
      @traffic.become(:serve)
      @listeners.each(&:open)
      say('resumed', ok: true)
    end

    def on_files(message)
      say('files', id: message['id'], files: Files.loaded, complete: true)
    end

    def on_modules(message)
      say('modules', id: message['id'], unfit: 'it is a Ruby process', own: nil)
    end

    def on_retire(message)
      Thread.new do
        ending = Process.clock_gettime(Process::CLOCK_MONOTONIC) + LATE
        sleep 0.02 while @traffic.passing.positive? && Process.clock_gettime(Process::CLOCK_MONOTONIC) < ending
        leave(message['signal'])
      end
    end

    def stop(mode, milliseconds, doors = {})
      @has_given_up = true
      @listeners.each(&:shut)
      @traffic.become(mode, doors)
      say('stopped', **progress)
      streams = @traffic.connections.select { |one| one.answers.event_stream? || one.answers.upgraded? }
      sockets = streams.count { |one| one.answers.upgraded? }
      @ended = [streams.size - sockets, sockets]
      streams.each(&:end_stream)
      @drain = Process.clock_gettime(Process::CLOCK_MONOTONIC) + (milliseconds / 1000.0)
    end

    def progress
      all = @traffic.connections
      { requests: all.count(&:busy?) + @traffic.passing, eventStreams: 0, webSockets: 0, connections: all.size }
    end

    def hear(what)
      say('held', requests: @traffic.held) if what == 'held'
      @channel&.wake if draining?
    end

    # From here on the environment is as it would be without us.
    def hide
      ENV.delete('HOT_SWAP')
      (@invitation['entries'] || {}).each do |name, entry|
        without(name, entry.start_with?('-') ? ' ' : ':') { |one| one == entry }
      end
      without('PATH', ':') { |entry| entry == "#{@invitation['doors']}/tools" }
      own = %(--require "#{@invitation['doors']}/preload.js")
      options = ENV.fetch('NODE_OPTIONS', '')
      return unless options.include?(own)

      left = options.sub(own, '').strip
      left.empty? ? ENV.delete('NODE_OPTIONS') : ENV['NODE_OPTIONS'] = left
    end

    def without(name, separator, &ours)
      list = ENV[name]&.split(separator)
      return if list.nil? || list.none?(&ours)

      left = list.reject(&ours).join(separator)
      left.empty? ? ENV.delete(name) : ENV[name] = left
    end
  end
end
