/** Go's net/http, as its tutorials write it; Debian's Go. */
import { lacksProgram } from '../../../tools/programs.mts';
import { both, type Files, type Stack } from '../stack.mts';

const module: Files = { 'go.mod': 'module example.com/hello\n\ngo 1.19\n' };

const handlers = (save: number): string => `func index(w http.ResponseWriter, r *http.Request) {
	fmt.Fprint(w, "save-${save}")
}

func pieces(w http.ResponseWriter, kind string, piece string, count int) {
	w.Header().Set("Content-Type", kind)
	for i := 0; i < count; i++ {
		if _, err := fmt.Fprint(w, piece); err != nil {
			return
		}
		w.(http.Flusher).Flush()
		time.Sleep(100 * time.Millisecond)
	}
}

func slow(w http.ResponseWriter, r *http.Request) {
	pieces(w, "text/plain", ".", 19)
	fmt.Fprint(w, "end")
}

func events(w http.ResponseWriter, r *http.Request) {
	pieces(w, "text/event-stream", "data: tick\\n\\n", 3000)
}
`;

/** https://go.dev/doc/articles/wiki/ has the port in the program. */
const tutorial = (save: number): string => `package main

import (
	"fmt"
	"log"
	"net/http"
	"time"
)

${handlers(save)}
func main() {
	http.HandleFunc("/", index)
	http.HandleFunc("/slow", slow)
	http.HandleFunc("/events", events)
	log.Fatal(http.ListenAndServe(":{port}", nil))
}
`;

const byVariable = (save: number): string => `package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"time"
)

${handlers(save)}
func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	http.HandleFunc("/", index)
	http.HandleFunc("/slow", slow)
	http.HandleFunc("/events", events)
	log.Fatal(http.ListenAndServe(":"+port, nil))
}
`;

/** sd_listen_fds(3): the first is 3. It ends as net/http's documentation of Shutdown does. */
const activated = (save: number): string => `package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

${handlers(save)}
func main() {
	if os.Getenv("LISTEN_FDS") == "" {
		log.Fatal("no LISTEN_FDS")
	}
	listener, err := net.FileListener(os.NewFile(3, "listen"))
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/", index)
	http.HandleFunc("/slow", slow)
	http.HandleFunc("/events", events)
	server := &http.Server{}
	ended := make(chan struct{})
	go func() {
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, syscall.SIGTERM)
		<-signals
		server.Shutdown(context.Background())
		close(ended)
	}()
	if err := server.Serve(listener); err != http.ErrServerClosed {
		log.Fatal(err)
	}
	<-ended
}
`;

const go = (stack: Omit<Stack, 'lacks' | 'version' | 'edited' | 'streams' | 'breaks'>): Stack => ({
  lacks: () => lacksProgram('go', 'golang-go'),
  version: ['go', 'version'],
  edited: 'main.go',
  streams: both,
  breaks: '\nfunc broken( {\n',
  ...stack,
});

export const goStacks: readonly Stack[] = [
  go({
    name: 'go-tutorial',
    title: "Go's net/http, its port in the program",
    files: (save) => ({ ...module, 'main.go': tutorial(save) }),
    command: 'go run .',
  }),
  go({
    name: 'go-port',
    title: "Go's net/http, with PORT",
    files: (save) => ({ ...module, 'main.go': byVariable(save) }),
    command: 'go run .',
  }),
  go({
    name: 'go-build',
    title: "Go's net/http, built",
    files: (save) => ({ ...module, 'main.go': byVariable(save) }),
    command: 'go build -o app . && ./app',
  }),
  go({
    name: 'go-listen-fds',
    title: "Go's net/http with LISTEN_FDS",
    files: (save) => ({ ...module, 'main.go': activated(save) }),
    command: 'go run .',
    options: ['--listen', '127.0.0.1:{port}'],
  }),
];
