"use strict";
(() => {
  const main = document.getElementById("main");
  const liveness = document.getElementById("liveness");

  const say = (text) => {
    if (liveness.textContent !== text) liveness.textContent = text;
  };

  // Only what differs is touched, so that focus, selection and scrolling stay where they are.
  const follow = (old, fresh) => {
    if (old.nodeName !== fresh.nodeName) return old.replaceWith(fresh);
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.data !== fresh.data) old.data = fresh.data;
      return;
    }
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) {
      if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    const had = [...old.childNodes];
    const has = [...fresh.childNodes];
    has.forEach((node, at) => (at < had.length ? follow(had[at], node) : old.append(node)));
    had.slice(has.length).forEach((node) => node.remove());
  };

  const listen = () => {
    const events = new EventSource("events");
    events.onopen = () => say("Live: it changes by itself.");
    events.onmessage = ({ data }) => {
      const fresh = main.cloneNode(false);
      fresh.innerHTML = JSON.parse(data);
      follow(main, fresh);
    };
    events.onerror = () => {
      say("Not live: the gateway cannot be reached, or too many are watching. Trying again.");
      if (events.readyState === EventSource.CLOSED) setTimeout(listen, 10000);
    };
  };

  listen();
})();
