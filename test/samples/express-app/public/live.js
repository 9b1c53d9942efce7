// Shows which code answers: once by an event stream, and by ten requests a second that nobody repeats.
const show = (id, text) => (document.getElementById(id).textContent = text);

new EventSource('events').onmessage = (event) => {
  const { version, pid } = JSON.parse(event.data);
  show('version', version);
  show('pid', pid);
};

let answered = 0;
let failed = 0;

setInterval(async () => {
  try {
    const response = await fetch('.', { cache: 'no-store' });
    if (response.ok) answered++;
    else failed++;
  } catch {
    failed++;
  }
  show('counts', `${answered} requests answered, ${failed} failed`);
}, 100);
