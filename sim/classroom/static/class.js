// Keeps a page of a class up to date over a WebSocket. Without it, or without this script, the forms work as forms do.
"use strict";
(() => {
  const body = document.body, line = document.getElementById("line");
  const address = new URL(body.dataset.socket, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  const store = "detente-pending " + body.dataset.socket;
  // How far this machine's clock is from the server's, in milliseconds.
  let apart = Date.now() - 1000 * Number(body.dataset.now);
  const SENT_OUT = 4403, TOO_MANY_TABS = 4409;
  let socket = null, wait = 400, ended = 0, opened = false, pending = null, at = "";

  try { pending = JSON.parse(sessionStorage.getItem(store)); } catch { /* a browser that keeps nothing */ }

  function keep(message) {
    pending = message;
    try {
      if (message) sessionStorage.setItem(store, JSON.stringify(message));
      else sessionStorage.removeItem(store);
    } catch { /* then it lives as long as the page */ }
  }

  function say(text, bad) {
    line.textContent = text;
    line.classList.toggle("bad", Boolean(bad));
  }

  // What was said of one round is not left standing above the next, but long enough to be read.
  function arrive(state) {
    const now = `${state.phase} ${state.round}`, said = line.textContent;
    if (at && at !== now && !line.classList.contains("bad")) {
      setTimeout(() => { if (line.textContent === said && !line.classList.contains("bad")) say(""); }, 1500);
    }
    at = now;
  }

  function leave(code) {
    ended = code;
    if (code === TOO_MANY_TABS) {
      say("This page is open in too many tabs. Reload it to go on here; deciding here reloads it, too.", true);
      return;
    }
    keep(null);
    say("The instructor has taken you out of this room.", true);
    for (const each of document.querySelectorAll("form[data-send] input, form[data-send] button")) each.disabled = true;
  }

  function freshKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // What is pressed must still be there when it is let go of, or the press is lost: news wait so long.
  let pressed = 0, held = {};

  function release() {
    const parts = held;
    clearTimeout(pressed);
    pressed = 0;
    held = {};
    show(parts);
  }

  document.addEventListener("pointerdown", () => { clearTimeout(pressed); pressed = setTimeout(release, 8000); });
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => setTimeout(release, 0));

  function show(parts) {
    if (pressed) { Object.assign(held, parts); return; }
    for (const [name, html] of Object.entries(parts)) {
      const part = document.getElementById("part-" + name);
      if (!part || part.dataset.shown === html) continue;
      const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
      // What somebody has picked but not sent stays picked.
      const picked = part.querySelector("input[type=radio]:checked");
      const before = picked && part.querySelector("form") && part.querySelector("form").dataset.round;
      part.innerHTML = html;
      part.dataset.shown = html;
      const form = part.querySelector("form");
      if (picked && form && form.dataset.round === before && picked.dataset.touched) {
        const same = Array.from(form.elements).find((each) => each.type === "radio" && each.value === picked.value);
        if (same) { same.checked = true; same.dataset.touched = "yes"; }
      }
      const again = focused && document.getElementById(focused);
      if (again) again.focus({preventScroll: true});
    }
    tick();
  }

  function answered(message) {
    const mine = pending && pending.key === message.key;
    if (mine && message.type !== "ack" && message.problem.endsWith("send it again")) {
      // A round that is about to open, or a room that is being brought back, takes it a moment later.
      setTimeout(() => {
        if (pending && pending.key === message.key && socket && socket.readyState === 1) socket.send(JSON.stringify(pending));
      }, 400);
      return;
    }
    if (mine) keep(null);
    say(message.type === "ack" ? "Kept." : message.problem, message.type !== "ack");
  }

  // Where sockets do not get through, plain requests may. Sent twice, a move with its key still counts once.
  async function post() {
    const message = pending, path = body.dataset.socket.replace(/live$/, message.type);
    const headers = {"content-type": "application/json", accept: "application/json"};
    try {
      const answer = await fetch(path, {method: "POST", headers, body: JSON.stringify(message)});
      const told = await answer.json();
      answered(answer.ok ? told : {key: message.key, problem: told.error.join(" ")});
      if (!opened) location.reload();
    } catch { /* no connection at all: the next attempt comes with the socket's */ }
  }

  function connect() {
    if (ended || (socket && socket.readyState < 2)) return;
    socket = new WebSocket(address);
    socket.onopen = () => {
      wait = 400;
      opened = true;
      if (line.dataset.lost) { say("Connected again."); delete line.dataset.lost; }
      if (pending) socket.send(JSON.stringify(pending));
    };
    socket.onmessage = (event) => {
      const message = JSON.parse(event.data);
      if (message.type === "state") {
        apart = Date.now() - 1000 * message.now;
        arrive(message.state);
        show(message.parts);
      } else {
        answered(message);
      }
    };
    socket.onclose = (event) => {
      if (event.code === SENT_OUT || event.code === TOO_MANY_TABS) {
        leave(event.code);
        return;
      }
      line.dataset.lost = "yes";
      say(pending ? "No connection. Your move is sent as soon as there is one." : "No connection; trying again.", true);
      if (pending) post();
      setTimeout(connect, wait * (0.75 + Math.random() / 2));
      wait = Math.min(wait * 1.7, 4000);
    };
  }

  document.addEventListener("change", (event) => { if (event.target.type === "radio") event.target.dataset.touched = "yes"; });

  document.addEventListener("submit", (event) => {
    const form = event.target, kind = form.dataset.send;
    if (kind) {
      event.preventDefault();
      const fields = new FormData(form);
      const message = {type: kind, key: freshKey()};
      if (kind === "move") {
        message.round = Number(fields.get("round"));
        message.action = fields.get("action") || null;
      } else {
        message.on = fields.get("on");
      }
      for (const each of form.querySelectorAll("input[type=radio]")) delete each.dataset.touched;
      keep(message);
      if (ended) {
        // The page that comes back has a socket, on which what waits is sent.
        location.reload();
      } else if (socket && socket.readyState === 1) {
        say("Sending …");
        socket.send(JSON.stringify(message));
      } else {
        say("No connection. Your move is sent as soon as there is one.", true);
        connect();
      }
    } else if (form.dataset.quiet !== undefined) {
      event.preventDefault();
      fetch(form.action, {method: "POST", body: new URLSearchParams(new FormData(form)), headers: {accept: "application/json"}})
        .then(async (answer) => {
          const told = await answer.json();
          say(answer.ok ? "Done." : (told.error || ["This did not work."]).join(" "), !answer.ok);
          const text = form.querySelector("input[type=text]");
          if (answer.ok && text) text.value = "";
        })
        .catch(() => say("No connection; nothing was done.", true));
    }
  });

  function tick() {
    for (const clock of document.querySelectorAll("time[data-deadline]")) {
      const left = Math.max(0, Math.ceil((1000 * Number(clock.dataset.deadline) + apart - Date.now()) / 1000));
      const text = left > 90 ? `in ${Math.floor(left / 60)} min ${String(left % 60).padStart(2, "0")} s` : `in ${left} s`;
      if (clock.textContent !== text) clock.textContent = text;
      clock.classList.toggle("soon", left <= 10);
    }
  }

  // A phone that wakes up, or comes into another network, looks at once.
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { wait = 400; connect(); } });
  window.addEventListener("online", () => { wait = 400; connect(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) { socket = null; connect(); } });
  setInterval(tick, 250);
  tick();
  connect();
})();
