"""A server that takes part with nothing of ours in it: this is what an adapter has to do, in any language."""
import array, json, os, selectors, socket, sys, threading
from http.server import BaseHTTPRequestHandler

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"by itself")

    def log_message(self, *_): pass

invited = json.loads(os.environ.pop("HOT_SWAP", '{"v": 0}'))
takes_part, port = invited["v"] == 1, int(os.environ["PORT"])
key = f"tcp:127.0.0.1:{port}"
inherited = invited["listeners"].get(key) if takes_part else None
listener = socket.create_server(("127.0.0.1", port)) if inherited is None else socket.socket(fileno=inherited)
loop, lock, answers, states = selectors.DefaultSelector(), threading.RLock(), threading.Event(), {"held": 0, "busy": 0}
successor, left, rest = None, True, b""  # `left`: it has said that it has drained, or need not
answers.set()

def say(type, **fields):
    with lock:
        control.sendall(json.dumps({"type": type, **fields}).encode() + b"\n")

def count(state, by):
    with lock:
        states[state] += by
        if state == "held": say("held", requests=states["held"])
        drain()

def serve(connection, peer, through_door):
    while through_door and connection.recv(1) not in (b"\n", b""): pass  # for whom it comes is not of interest here
    if connection.recv(1, socket.MSG_PEEK) != b"":  # a request begins
        if not answers.is_set() and not through_door: count("held", 1), answers.wait(), count("held", -1)
        if takes_part: count("busy", 1)
        pass_on(connection) if successor and not through_door else Handler(connection, peer, None)
        connection.close()
        if takes_part: count("busy", -1)

def pass_on(connection):
    other = socket.socket(socket.AF_UNIX)
    other.connect(successor[key])
    request = b"{}\n"
    while b"\r\n\r\n" not in request and (piece := connection.recv(65536)): request += piece
    other.sendall(request)
    while data := other.recv(65536): connection.sendall(data)

def accept(on, through_door):
    threading.Thread(target=serve, args=(*on.accept(), through_door), daemon=True).start()

def listen(on, through_door=False):
    loop.register(on, selectors.EVENT_READ, lambda: accept(on, through_door))

def stop(doors):
    global successor, left
    loop.unregister(listener)
    successor, left = doors, False
    answers.set()
    say("stopped", requests=states["busy"], eventStreams=0, webSockets=0, connections=states["busy"])
    drain()

def drain():
    global left
    if not left and states["busy"] == 0: left = not say("drained", finished=0, eventStreams=0, webSockets=0, idle=0, lost=0)

def obey(type, said):
    global successor, left
    if type == "accept": listen(listener), say("accepting")
    if type == "hold": answers.clear(), say("holding")
    if type == "release": answers.set()
    if type in ("stop", "vacate"): stop(said.get("successor"))
    if type == "relay": successor = said["successor"]
    if type == "resume": successor, left = None, True; listen(listener); say("resumed", ok=True)
    if type == "retire": os._exit(0)
    if type == "files": say("files", id=said["id"], files=[os.path.abspath(__file__)], complete=True)
    if type == "modules": say("modules", id=said["id"], unfit="it is a small one", own=None)

def hear():
    global rest
    data = control.recv(65536)
    if data == b"": os._exit(1)  # the supervisor is gone
    *lines, rest = (rest + data).split(b"\n")
    for line in lines:
        try: said = json.loads(line)
        except ValueError: continue
        if isinstance(said, dict): obey(said.get("type"), said)

if takes_part:
    control, door = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
    control.connect(invited["control"])
    path = f"{invited['doors']}/g{invited['generation']}-{os.getpid()}"
    door.bind(path), door.listen()
    say("hello", v=1, token=invited["token"], pid=os.getpid(), runtime="other 1")
    if inherited is None:
        line = json.dumps({"cmd": "NODE_HANDLE", "type": "net.Native", "msg": {"key": key, "token": invited["token"]}})
        handle = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [listener.fileno()]))]
        socket.socket(fileno=invited["handles"]).sendmsg([line.encode() + b"\n"], handle)
    loop.register(control, selectors.EVENT_READ, hear)
    listen(door, through_door=True)
    say("listening", key=key, adopted=inherited is not None, door=path, tls=False, address="127.0.0.1", port=port)
if inherited is None: listen(listener)
while True:
    for ready, _ in loop.select(): ready.data()
