/** Becomes the HTML document that the app sends: what a run stored runs here, where there is nothing to reach. */
addEventListener("message", (event: MessageEvent<string>) => {
  if (event.source !== parent) return;
  document.open();
  document.write(event.data);
  document.close();
});

parent.postMessage("ready", "*");
