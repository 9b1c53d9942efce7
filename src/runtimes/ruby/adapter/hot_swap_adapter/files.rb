# frozen_string_literal: true

module HotSwapAdapter
  # Which files the app is made of: what is loaded and read, told in the journal (protocol/journal.ts) as it happens.
  module Files
    OTHERS = %r{/gems/|/lib/ruby/|\A/(?:usr|proc|sys|dev|etc)/|/\.git/|#{Regexp.escape(__dir__)}}.freeze
    @told = {}

    class << self
      def observe(invitation)
        # Without `json`, which is a gem: a path of ours has nothing in it that JSON would change.
        journal = invitation[/"journal":"((?:[^"\\]|\\.)*)"/, 1]
        return if journal.nil?

        @journal = File.open(journal, File::WRONLY | File::APPEND | File::CREAT, 0o600)
        @journal.sync = true
        write('P', %({"by":#{invitation[/"by":(\[[\d,]*\])/, 1] || '[]'},"own":true}))
        @compiled = TracePoint.new(:script_compiled) { |trace| note('R', trace.instruction_sequence.absolute_path) }
        @compiled.enable
        IO.singleton_class.prepend(Reads)
        File.singleton_class.prepend(Reads)
      rescue SystemCallError
        nil # the supervisor is gone
      end

      # Absolute paths of the app's own code.
      def loaded
        ([$PROGRAM_NAME] + $LOADED_FEATURES).map { |file| File.expand_path(file) }.uniq.select do |file|
          own?(file) && file.end_with?('.rb', '.ru') && File.file?(file)
        end
      end

      def note(letter, file)
        return if file.nil? || @journal.nil?

        path = File.expand_path(file)
        return if @told[[letter, path]] || !own?(path)

        @told[[letter, path]] = true
        write(letter, path)
      end

      def own?(path)
        !OTHERS.match?(path)
      end

      private

      def write(letter, about)
        @journal.syswrite("#{Process.pid} #{letter} #{about}\n") unless about.include?("\n")
      rescue SystemCallError, IOError
        nil
      end
    end

    # Of files by name.
    module Reads
      %i[read binread readlines foreach].each do |name|
        define_method(name) do |*args, **options, &block|
          Files.note('R', args.first) if args.first.is_a?(String) && File.file?(args.first)
          super(*args, **options, &block)
        end
      end

      def open(*args, **options, &block)
        path, mode = args
        if path.is_a?(String) && equal?(File)
          writes = mode.is_a?(Integer) ? mode & (File::WRONLY | File::RDWR | File::CREAT) != 0 : mode.to_s.match?(/[wa+]/)
          Files.note(writes ? 'W' : 'R', path) if writes || File.file?(path)
        end
        super(*args, **options, &block)
      end
    end
  end
end
