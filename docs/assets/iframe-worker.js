// Browsers start no worker for pages opened from a folder, and search needs one: here it runs in a hidden frame.
if (location.protocol === "file:") {
  const load = (into, url) => new Promise((resolve, reject) => {
    const script = into.document.createElement("script");
    script.src = url;
    script.onload = resolve;
    script.onerror = reject;
    into.document.body.append(script);
  });
  window.IFrameWorker = window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.append(frame);
      this.inside = frame.contentWindow;
      this.inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", {data}));
      this.inside.importScripts = (...urls) =>
        urls.reduce((before, one) => before.then(() => load(this.inside, one)), Promise.resolve());
      this.started = load(this.inside, new URL(url, document.baseURI).href);
    }
    postMessage(data) {
      this.started.then(() => this.inside.dispatchEvent(new MessageEvent("message", {data})));
    }
    terminate() {}
  };
}
