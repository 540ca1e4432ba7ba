"use strict";
// Vugu 0.4.0 ends the program ("all goroutines are asleep") when a DOM event fires
// inside its own render or inside another handler: the blur of a removed input, a
// focus() or click() in a handler. vuguGuard, called once after domrender.New, puts
// such events off to a microtask; they cannot be prevented any more.
window.vuguGuard = () => {
  const state = window.vuguState;
  const handler = state.eventHandlerFunc;
  const render = window.vuguRender;
  let busy = 0;
  const enter = (f) => {
    busy++;
    try {
      return f();
    } finally {
      busy--;
    }
  };
  state.eventHandlerFunc = (buffer) => {
    if (!busy) return enter(() => handler(buffer));
    const copy = buffer.slice();
    queueMicrotask(() => enter(() => handler(copy)));
  };
  window.vuguRender = () => enter(render);
};
