/** Class -> gunicorn's arguments. */
export const workerClasses: Readonly<Record<string, readonly string[]>> = {
  gevent: ["-k", "gevent", "short_answers:app"],
  gthread: ["-k", "gthread", "--threads", "4", "short_answers:app"],
  // The one that needs neither uvloop nor httptools.
  uvicorn: ["-k", "uvicorn.workers.UvicornH11Worker", "short_answers:asgi_app"],
};
