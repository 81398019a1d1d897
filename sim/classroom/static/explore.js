// Explore: every move of a slider asks for a new picture; one request is under way, and only the newest waits.

const form = document.getElementById("premises");
const places = { payoffs: document.getElementById("payoffs"), rest: document.getElementById("rest") };
const status = document.getElementById("status");
const link = document.getElementById("link");
const sliders = [...form.querySelectorAll("input[type=range]")];
document.documentElement.dataset.live = "";

const written = (value) => {
  const digits = Math.min(Math.max(2 - Math.floor(Math.log10(Math.abs(value) || 1)), 0), 3);
  return String(Number(value.toFixed(digits)));
};

const moved = (slider) => Number(slider.value) !== Number(slider.dataset.now);

const fieldOf = (slider) => slider.closest(".slider").querySelector("input[type=number]");
const digits = (value, many) => Number(value.toPrecision(many));

// The number that is asked for: as many digits as a link has.
const value = (slider) => digits(Number(slider.value), 6);

// What a hand or a key sets is round; the ends of a range need not be.
function rounded(slider, to) {
  const [low, high, step] = [slider.min, slider.max, slider.dataset.step].map(Number);
  return to <= low ? low : to >= high ? high : Math.min(Math.max(digits(Math.round(to / step) * step, 12), low), high);
}

function stepped(slider, steps) {
  const places = Number(slider.value) / Number(slider.dataset.step);
  const from = steps > 0 ? Math.floor(places + 1e-6) : Math.ceil(places - 1e-6);
  return rounded(slider, (from + steps) * Number(slider.dataset.step));
}

function show(slider, typed = false) {
  const text = written(Number(slider.value));
  const box = slider.closest(".slider");
  const was = moved(slider) ? `was ${written(Number(slider.dataset.now))}` : "";
  box.querySelector("output").textContent = was;
  slider.setAttribute("aria-valuetext", was ? `${text}, ${was}` : text);
  box.toggleAttribute("data-moved", moved(slider));
  if (!typed) { fieldOf(slider).value = String(value(slider)); outside(slider, false); }
}

function outside(slider, wrong) {
  fieldOf(slider).toggleAttribute("aria-invalid", wrong);
  if (wrong) fieldOf(slider).setAttribute("aria-invalid", "true");
  slider.closest(".slider").querySelector(".problem").hidden = !wrong;
}

function type(slider) {
  const field = fieldOf(slider);
  const wrong = field.value === "" || !(field.valueAsNumber >= Number(slider.min) && field.valueAsNumber <= Number(slider.max));
  outside(slider, wrong);
  if (wrong) return;
  slider.value = field.value;
  show(slider, true);
  draw();
}

function query() {
  const words = new URLSearchParams();
  for (const name of ["scenario", "a", "b"]) words.set(name, form.elements[name].value);
  for (const slider of sliders) if (moved(slider)) words.set(slider.name, String(value(slider)));
  return words.toString();
}

let asking = false;
let wanted = null;
let saying = 0;

async function draw() {
  wanted = query();
  if (asking) return;
  asking = true;
  while (wanted !== null) {
    const now = wanted;
    wanted = null;
    const began = performance.now();
    try {
      const answer = await fetch(`/explore/picture?${now}`, { headers: { accept: "application/json" } });
      const drawn = await answer.json();
      if (answer.ok) put(drawn, began);
      else say([drawn.error.join(" ")], true);
    } catch {
      say(["The server cannot be reached; move a slider to try again."], true);
    }
  }
  asking = false;
}

function put(drawn, began) {
  const open = [...places.rest.querySelectorAll("details")].map((each) => each.open);
  places.payoffs.innerHTML = drawn.payoffs;
  places.rest.innerHTML = drawn.rest;
  places.rest.querySelectorAll("details").forEach((each, place) => { each.open = Boolean(open[place]); });
  form.dataset.milliseconds = String(Math.round(performance.now() - began));
  const address = `/explore?${drawn.query}`;
  history.replaceState(null, "", address);
  link.value = location.origin + address;
  say(drawn.said, false);
}

// What is read aloud waits until the slider rests; what is seen does not.
function say(sentences, problem) {
  clearTimeout(saying);
  saying = setTimeout(() => {
    status.replaceChildren(...sentences.map((sentence) => {
      const line = document.createElement("p");
      line.textContent = sentence;
      if (problem) line.className = "problem";
      return line;
    }));
  }, 150);
}

for (const slider of sliders) {
  show(slider);
  slider.addEventListener("input", () => { slider.value = rounded(slider, Number(slider.value)); show(slider); draw(); });
  slider.addEventListener("keydown", (event) => {
    const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (!steps || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    slider.value = stepped(slider, steps);
    show(slider);
    draw();
  });
  fieldOf(slider).addEventListener("input", () => type(slider));
  slider.addEventListener("dblclick", () => { slider.value = slider.dataset.now; show(slider); draw(); });
}
form.elements.scenario.addEventListener("change", () => {
  location.assign(`/explore?scenario=${encodeURIComponent(form.elements.scenario.value)}`);
});
for (const name of ["a", "b"]) {
  form.elements[name].addEventListener("change", () => location.assign(`/explore?${query()}`));
}
// A number between two steps is no fault.
form.noValidate = true;
form.addEventListener("submit", (event) => { event.preventDefault(); draw(); });
link.addEventListener("focus", () => link.select());

const filter = document.getElementById("filter");
filter?.addEventListener("input", () => {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const slider of sliders) {
    const box = slider.closest(".slider");
    const codes = box.dataset.codes.toLowerCase().split(" ");
    const text = [...box.querySelectorAll("label, .note")].map((each) => each.textContent).join(" ").toLowerCase();
    box.hidden = !words.every((word) => text.includes(word) || codes.includes(word));
    found += box.hidden ? 0 : 1;
  }
  document.getElementById("found").textContent = found ? "" : "No premise has these words. Try fewer, or part of one.";
});

// What would it take?

const takes = document.getElementById("takes");
if (takes) {
  const progress = document.getElementById("takes-progress");
  const stage = document.getElementById("takes-stage");
  const bar = document.getElementById("takes-bar");
  const answer = document.getElementById("takes-answer");
  let socket = null;

  const stop = () => { socket?.close(); socket = null; progress.hidden = true; };

  takes.addEventListener("submit", (event) => {
    event.preventDefault();
    stop();
    answer.replaceChildren();
    progress.hidden = false;
    bar.value = 0;
    stage.textContent = "It is being worked out.";
    const mine = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/explore/live`);
    socket = mine;
    const asked = `${query()}&actor=${encodeURIComponent(takes.elements.actor.value)}`;
    mine.addEventListener("open", () => mine.send(JSON.stringify({ query: asked })));
    mine.addEventListener("message", (message) => {
      if (mine !== socket) return;
      const told = JSON.parse(message.data);
      if ("share" in told) {
        bar.value = told.share;
        const said = told.stretch < 3 ? "Each premise alone is tried over its range." : "The cheapest change of all together is sought.";
        if (stage.textContent !== said) stage.textContent = said;
        return;
      }
      if ("html" in told) answer.innerHTML = told.html;
      else answer.textContent = told.problem;
      stop();
    });
    mine.addEventListener("close", () => {
      if (mine !== socket) return;
      answer.textContent = "The server could not be reached; try again.";
      stop();
    });
  });
  document.getElementById("takes-stop").addEventListener("click", stop);
}
